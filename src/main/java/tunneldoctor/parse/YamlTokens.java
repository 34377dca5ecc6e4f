package tunneldoctor.parse;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.ParserImpl;

/** YAML tokens with what Jackson's own parser keeps to itself: the notation of a scalar and where it begins and ends. */
final class YamlTokens extends YAMLParser {
    private final YamlCharacters characters;

    private YamlTokens(
            IOContext context,
            int features,
            int yamlFeatures,
            LoaderOptions options,
            Reader reader,
            YamlCharacters characters) {
        super(context, features, yamlFeatures, null, reader, new ParserImpl(characters, options));
        this.characters = characters;
    }

    static YamlTokens of(Reader reader, StreamReadConstraints constraints) throws IOException {
        LoaderOptions options = new LoaderOptions();
        // Sizes are bounded where trees are built; a large document is no attack.
        options.setCodePointLimit(Integer.MAX_VALUE);
        return (YamlTokens) new Factory(constraints, options).createParser(reader);
    }

    @Override
    public @Nullable JsonToken nextToken() throws IOException {
        @Nullable JsonToken token = super.nextToken();
        if (token == JsonToken.VALUE_STRING
                && _lastEvent instanceof ScalarEvent scalar
                && scalar.getScalarStyle() == ScalarStyle.LITERAL
                && YamlCharacters.standsForBlock(scalar.getValue())) {
            _textValue = characters.nextBlock();
        }
        return token;
    }

    /** 1-based line of the current token; of a block scalar the line after its {@code |}, where its text begins. */
    int line() {
        int line = _lastEvent.getStartMark().getLine() + 1;
        return _lastEvent instanceof ScalarEvent scalar && block(scalar.getScalarStyle()) ? line + 1 : line;
    }

    int column() {
        return _lastEvent.getStartMark().getColumn() + 1;
    }

    boolean quoted() {
        return _lastEvent instanceof ScalarEvent scalar && scalar.getScalarStyle() != ScalarStyle.PLAIN;
    }

    /** Whether line breaks of the current scalar were turned into blanks although nothing in its notation says so. */
    boolean folded() {
        return _lastEvent instanceof ScalarEvent scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && scalar.getStartMark().getLine() < scalar.getEndMark().getLine();
    }

    /** The name the current value or key is given for aliases. */
    Optional<String> anchor() {
        return _lastEvent instanceof NodeEvent node && !(node instanceof AliasEvent)
                ? Optional.ofNullable(node.getAnchor())
                : Optional.empty();
    }

    /** The name of the value the current value or key stands for. */
    Optional<String> alias() {
        return _lastEvent instanceof AliasEvent alias ? Optional.of(alias.getAnchor()) : Optional.empty();
    }

    private static boolean block(ScalarStyle style) {
        return style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
    }

    private static final class Factory extends YAMLFactory {
        private static final long serialVersionUID = 1L;
        private final transient LoaderOptions options;

        Factory(StreamReadConstraints constraints, LoaderOptions options) {
            super(YAMLFactory.builder().loaderOptions(options).streamReadConstraints(constraints));
            this.options = options;
        }

        @Override
        protected YAMLParser _createParser(Reader reader, IOContext context) {
            return new YamlTokens(
                    context, _parserFeatures, _yamlParserFeatures, options, reader, new YamlCharacters(reader));
        }
    }
}
