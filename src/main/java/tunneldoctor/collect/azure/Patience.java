package tunneldoctor.collect.azure;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import tunneldoctor.collect.Limits;

/**
 * Waits for every answer to be whole, for as long as the limits allow, and asks again where that may help: when the service
 * is busy or throttles, and when the connection broke. A provider that throttles is left alone by all calls until the time
 * it named. Only reads are repeated.
 */
final class Patience implements HttpPipelinePolicy {
    private static final int TRIES = 3;
    private static final int TRIES_THROTTLED = 8;

    /** A call that hung once more than likely hangs again. */
    private static final int TRIES_TIMED_OUT = 2;

    /** A 409 on a read means that the resource is just being changed. */
    private static final Set<Integer> BUSY = Set.of(408, 409, 500, 502, 503, 504);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Limits limits;
    private final Duration pause;
    private final Map<String, Instant> notBefore = new ConcurrentHashMap<>();

    /** All the time there was is used up. */
    static final class OutOfTime extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        OutOfTime() {
            super("the time for collecting was over");
        }
    }

    /** @param pause before the second try; it doubles with each */
    Patience(Limits limits, Duration pause) {
        this.limits = limits;
        this.pause = pause;
    }

    @Override
    public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
        String provider = provider(context.getHttpRequest().getUrl().getPath());
        return context.getHttpRequest().getHttpMethod() == HttpMethod.GET
                ? patient(next, provider, 1, 1)
                : answered(next, provider);
    }

    /**
     * @param n which try this is, those that were throttled not counted
     * @param throttled which try this is of those
     */
    private Mono<HttpResponse> patient(HttpPipelineNextPolicy next, String provider, int n, int throttled) {
        return answered(next, provider)
                .flatMap(response -> {
                    boolean throttles = response.getStatusCode() == 429;
                    boolean again = throttles
                            ? throttled < TRIES_THROTTLED
                            : BUSY.contains(response.getStatusCode()) && n < TRIES;
                    Duration delay = delay(response, throttles ? throttled : n);
                    if (!again || delay.compareTo(left()) >= 0) {
                        return Mono.just(response);
                    }
                    Mono<HttpResponse> later = throttles
                            ? patient(next, provider, n, throttled + 1)
                            : patient(next, provider, n + 1, throttled);
                    return Mono.delay(delay).then(later);
                })
                .onErrorResume(
                        e -> e instanceof IOException && n < TRIES
                                || e instanceof TimeoutException && n < TRIES_TIMED_OUT,
                        e -> Mono.delay(backOff(n)).then(patient(next, provider, n + 1, throttled)));
    }

    /** One try, not before the time that the provider named. */
    private Mono<HttpResponse> answered(HttpPipelineNextPolicy next, String provider) {
        return Mono.defer(() -> {
                    Duration wait = Duration.between(Instant.now(), notBefore.getOrDefault(provider, Instant.MIN));
                    return wait.isNegative() || wait.compareTo(left()) > 0
                            ? once(next)
                            : Mono.delay(wait).then(once(next));
                })
                .doOnNext(response -> heed(response, provider));
    }

    private Mono<HttpResponse> once(HttpPipelineNextPolicy next) {
        return Mono.defer(() -> {
            Duration left = left();
            if (left.isNegative() || left.isZero()) {
                return Mono.error(new OutOfTime());
            }
            boolean last = left.compareTo(limits.perCall()) < 0;
            return next.clone()
                    .process()
                    .flatMap(WholeAnswer::of)
                    .timeout(last ? left : limits.perCall())
                    .onErrorMap(TimeoutException.class, e -> last ? new OutOfTime() : e);
        });
    }

    private void heed(HttpResponse response, String provider) {
        Duration asked = RetryAfter.of(response.getHeaders());
        if (response.getStatusCode() == 429 && !asked.isZero() && asked.compareTo(left()) < 0) {
            notBefore.merge(provider, Instant.now().plus(asked), (a, b) -> a.isAfter(b) ? a : b);
        }
    }

    private Duration delay(HttpResponse response, int n) {
        Duration asked = RetryAfter.of(response.getHeaders());
        return asked.isZero() ? backOff(n) : asked;
    }

    private Duration backOff(int n) {
        Duration full = pause.multipliedBy(1L << Math.min(n - 1, 10));
        long millis = Math.max(1, (full.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : full).toMillis());
        // Calls that failed together must not come again together.
        return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    private Duration left() {
        return Duration.between(Instant.now(), limits.deadline());
    }

    /** Azure throttles each resource provider by itself. */
    private static String provider(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        int at = lower.lastIndexOf("/providers/");
        int end = at < 0 ? -1 : lower.indexOf('/', at + "/providers/".length());
        return end < 0 ? "" : lower.substring(at, end);
    }
}
