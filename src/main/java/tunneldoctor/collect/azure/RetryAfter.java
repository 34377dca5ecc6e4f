package tunneldoctor.collect.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When a service wants to be asked again. */
final class RetryAfter {
    private static final List<HttpHeaderName> MILLISECONDS =
            List.of(HttpHeaderName.fromString("x-ms-retry-after-ms"), HttpHeaderName.fromString("retry-after-ms"));

    private RetryAfter() {}

    /** Never negative; zero where the answer does not say. */
    static Duration of(HttpHeaders headers) {
        for (HttpHeaderName name : MILLISECONDS) {
            Optional<Long> millis = number(headers.getValue(name));
            if (millis.isPresent()) {
                return Duration.ofMillis(millis.get());
            }
        }
        String value = headers.getValue(HttpHeaderName.RETRY_AFTER);
        return number(value).map(Duration::ofSeconds).orElseGet(() -> until(value));
    }

    private static Optional<Long> number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static Duration until(@Nullable String date) {
        if (date == null) {
            return Duration.ZERO;
        }
        try {
            Instant then = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), then);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
