package tunneldoctor.collect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tunneldoctor.model.Tree;

/** JSON as a service answered it, to the tree a facts file holds: same keys, same order, same texts. */
public final class JsonTree {
    private static final int DEEPEST = 100;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(50_000_000)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build();

    private JsonTree() {}

    /**
     * @param json one JSON value in UTF-8
     * @throws IOException if it is not exactly one, or nested deeper than any service's answer
     */
    public static Tree read(byte[] json) throws IOException {
        try (JsonParser parser = JSON.createParser(json)) {
            return only(parser);
        }
    }

    /** As {@link #read(byte[])}. */
    public static Tree read(String json) throws IOException {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Tree only(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new IOException("the answer is empty");
        }
        Tree tree = value(parser);
        if (parser.nextToken() != null) {
            throw new IOException("something follows the answer");
        }
        return tree;
    }

    private static Tree value(JsonParser parser) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(parser, line);
            case START_ARRAY -> sequence(parser, line);
            case VALUE_NULL -> new Tree.Null(line);
            case VALUE_STRING -> new Tree.Scalar(parser.getText(), true, line);
            default -> new Tree.Scalar(parser.getText(), false, line);
        };
    }

    private static Tree mapping(JsonParser parser, int line) throws IOException {
        Map<String, Tree> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            entries.put(key, value(parser));
        }
        return new Tree.Mapping(entries, line);
    }

    private static Tree sequence(JsonParser parser, int line) throws IOException {
        List<Tree> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return new Tree.Sequence(items, line);
    }
}
