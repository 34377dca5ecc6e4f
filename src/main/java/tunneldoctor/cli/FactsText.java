package tunneldoctor.cli;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.redact.Redaction;

/**
 * A facts file as it is written, with its comments, order and line numbers.
 *
 * @param shown what messages call it
 * @param stem its name without its ending
 * @param ending {@code .yaml} or the like; empty if it has none
 */
record FactsText(String shown, String stem, String ending, String text) {
    private static final char MARK = '\uFEFF';

    /** @param bytes UTF-8, or UTF-16 with a byte order mark */
    static FactsText of(String file, byte[] bytes) {
        String name = file.equals(FactsInput.STANDARD_INPUT)
                ? "facts.yaml"
                : String.valueOf(Path.of(file).getFileName());
        int point = name.lastIndexOf('.');
        int end = point > 0 ? point : name.length();
        return new FactsText(
                FactsInput.shown(file),
                name.substring(0, end),
                name.substring(end),
                withoutMark(new String(bytes, charset(bytes))));
    }

    /** As {@link #of} reads it; empty if it is no text in either form. */
    static Optional<String> decoded(byte[] bytes) {
        try {
            String text =
                    charset(bytes).newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.indexOf(0) < 0 ? Optional.of(withoutMark(text)) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String withoutMark(String text) {
        return text.isEmpty() || text.charAt(0) != MARK ? text : text.substring(1);
    }

    private static Charset charset(byte[] bytes) {
        int first = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        return first == MARK || first == 0xfffe ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    }

    FactsText redacted(Redaction redaction) {
        return new FactsText(shown, redaction.line(stem), ending, redaction.text(text));
    }

    /**
     * @param name what messages and reports call the file
     * @throws Pipeline.UnusableException if it holds no facts that can be used
     */
    List<ClusterFacts> documents(String name) throws Pipeline.UnusableException {
        List<ClusterFacts> documents = new ArrayList<>();
        RulesPipeline.readFacts(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), documents::add);
        return documents;
    }
}
