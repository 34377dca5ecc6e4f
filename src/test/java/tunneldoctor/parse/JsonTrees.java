package tunneldoctor.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tunneldoctor.model.Tree;

/** JSON to {@link Tree}, for readers' tests. */
final class JsonTrees {
    private JsonTrees() {}

    /** The items of a resource that holds a JSON list. */
    static List<Tree> items(String resource) {
        return parse(text(resource)) instanceof Tree.Sequence sequence ? sequence.items() : List.of();
    }

    static String text(String resource) {
        try (InputStream in = JsonTrees.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Single quotes stand for double ones. */
    static Tree of(String json) {
        return parse(json.replace('\'', '"'));
    }

    static Tree parse(String json) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            return value(parser);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tree value(JsonParser parser) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Tree> entries = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    entries.put(key, value(parser));
                }
                return new Tree.Mapping(entries, line);
            }
            case START_ARRAY -> {
                List<Tree> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                return new Tree.Sequence(items, line);
            }
            case VALUE_NULL -> {
                return new Tree.Null(line);
            }
            default -> {
                return new Tree.Scalar(parser.getText(), parser.currentToken() == JsonToken.VALUE_STRING, line);
            }
        }
    }
}
