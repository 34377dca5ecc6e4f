package tunneldoctor.collect.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer read to its end, so that half of one is noticed where it can be asked for again. */
final class WholeAnswer extends HttpResponse {
    /** No page of Azure is near this; what is longer would only fill the memory. */
    private static final int LONGEST = 32 << 20;

    private final HttpResponse head;
    private final byte[] body;

    private WholeAnswer(HttpResponse head, byte[] body) {
        super(head.getRequest());
        this.head = head;
        this.body = body;
    }

    static Mono<HttpResponse> of(HttpResponse response) {
        return response.getBody()
                .reduceWith(ByteArrayOutputStream::new, WholeAnswer::append)
                .map(bytes -> (HttpResponse) new WholeAnswer(response, bytes.toByteArray()));
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream bytes, ByteBuffer more) {
        if (bytes.size() + more.remaining() > LONGEST) {
            throw new IllegalStateException("it is longer than " + (LONGEST >> 20) + " MB");
        }
        byte[] part = new byte[more.remaining()];
        more.get(part);
        bytes.writeBytes(part);
        return bytes;
    }

    @Override
    public int getStatusCode() {
        return head.getStatusCode();
    }

    @Override
    @Deprecated
    public @Nullable String getHeaderValue(String name) {
        return head.getHeaderValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
        return head.getHeaders();
    }

    @Override
    public Flux<ByteBuffer> getBody() {
        return Flux.defer(() -> Flux.just(ByteBuffer.wrap(body)));
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
        return Mono.just(body.clone());
    }

    @Override
    public Mono<String> getBodyAsString() {
        return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
        return Mono.just(new String(body, charset));
    }
}
