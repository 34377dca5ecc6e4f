package tunneldoctor.collect.azure;

import java.io.IOException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.collect.JsonTree;

/** What a cloud says when it does not have the version of an API that was asked for. */
final class ApiVersions {
    static final String KEY = "api-version=";

    private static final Pattern SUPPORTED = Pattern.compile("supported api-versions are '([0-9a-z, -]{10,4000})'");
    private static final Pattern STABLE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private ApiVersions() {}

    /**
     * The newest stable version that is not newer than the one asked for, since that is the nearest to it.
     *
     * @param body of an answer with status 400
     * @return empty if the answer is about something else, or names none
     */
    static Optional<String> instead(byte[] body, String asked) {
        String message;
        try {
            message = JsonTree.read(body).text("error", "message").orElse("");
        } catch (IOException e) {
            return Optional.empty();
        }
        Matcher supported = SUPPORTED.matcher(message.toLowerCase(Locale.ROOT));
        return supported.find()
                ? Pattern.compile("[, ]+")
                        .splitAsStream(supported.group(1))
                        .filter(version -> STABLE.matcher(version).matches() && version.compareTo(asked) < 0)
                        .max(Comparator.naturalOrder())
                : Optional.empty();
    }
}
