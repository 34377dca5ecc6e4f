package tunneldoctor.collect.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.model.Tree;

/**
 * Reads resources as Azure Resource Manager returns them. The clients of the SDK take an answer of another shape for an
 * empty one, and a hole would read as health; so answers are read here, and only the pipeline is theirs.
 */
final class Arm {
    /** More pages than any list of one cluster has; a service that never stops paging must not keep us. */
    private static final int MOST_PAGES = 500;

    private final HttpPipeline pipeline;
    private final URI endpoint;

    /** Those that this cloud has where it lacks ours: some are behind. */
    private final Map<ArmType, String> apiVersions = new ConcurrentHashMap<>();

    /** Takes one resource of a list. */
    interface Each {
        void accept(Tree resource) throws ArmFailure;
    }

    Arm(HttpPipeline pipeline, URI endpoint) {
        this.pipeline = pipeline;
        this.endpoint = endpoint;
    }

    /** One resource. */
    Tree resource(String id, ArmType type) throws ArmFailure {
        Tree answer = tree(get(url(id, type, ""), type));
        if (!answer.text("id").map(said -> said.equalsIgnoreCase(id)).orElse(false)) {
            throw new ArmFailure(ArmFailure.Kind.BROKEN, "the answer is not the resource asked for");
        }
        return answer;
    }

    /** An answer that is no resource. */
    Tree answer(String path, ArmType type, String query) throws ArmFailure {
        return tree(get(url(path, type, query), type));
    }

    /**
     * A list, page after page.
     *
     * @param each given the resources of every page as soon as it is read
     * @throws ArmFailure for a page that is missing; those before it were given
     */
    void list(String path, ArmType type, Each each) throws ArmFailure {
        Set<String> seen = new HashSet<>();
        Optional<String> next = Optional.of(url(path, type, ""));
        while (next.isPresent()) {
            if (!seen.add(next.get()) || seen.size() > MOST_PAGES) {
                throw new ArmFailure(ArmFailure.Kind.BROKEN, "the list does not come to an end");
            }
            Tree page = tree(get(next.get(), type));
            if (!(page.get("value").orElse(page) instanceof Tree.Sequence resources)) {
                throw new ArmFailure(ArmFailure.Kind.BROKEN, "the answer is not a list");
            }
            for (Tree resource : resources.items()) {
                if (resource.text("id").isEmpty()) {
                    throw new ArmFailure(ArmFailure.Kind.BROKEN, "an item of the list is not a resource");
                }
                each.accept(resource);
            }
            next = page.text("nextLink").filter(link -> !link.isBlank());
        }
    }

    /** Whatever is at an address, whatever its status; refused by {@link ReadOnly} if it is not Azure's. */
    Mono<HttpResponse> send(String url) {
        return Mono.defer(() -> {
            HttpRequest request = new HttpRequest(HttpMethod.GET, url);
            request.setHeader(HttpHeaderName.ACCEPT, "application/json");
            return pipeline.send(request, Context.NONE);
        });
    }

    private byte[] get(String url, ArmType type) throws ArmFailure {
        HttpResponse response = answer(url, type);
        byte[] body = body(response);
        if (response.getStatusCode() == 400) {
            Optional<String> other = ApiVersions.instead(body, type.apiVersion());
            if (other.isPresent() && url.contains(ApiVersions.KEY + type.apiVersion())) {
                apiVersions.put(type, other.get());
                response =
                        answer(url.replace(ApiVersions.KEY + type.apiVersion(), ApiVersions.KEY + other.get()), type);
                body = body(response);
            }
        }
        if (response.getStatusCode() != 200) {
            throw ArmFailure.of(response.getStatusCode(), body, type);
        }
        return body;
    }

    private HttpResponse answer(String url, ArmType type) throws ArmFailure {
        try {
            return send(url).blockOptional().orElseThrow(() -> new IllegalStateException("there is none"));
        } catch (RuntimeException e) {
            throw ArmFailure.of(e, type);
        }
    }

    private static byte[] body(HttpResponse response) {
        return response.getBodyAsByteArray().blockOptional().orElse(new byte[0]);
    }

    private static Tree tree(byte[] body) throws ArmFailure {
        try {
            return JsonTree.read(body);
        } catch (IOException e) {
            throw new ArmFailure(ArmFailure.Kind.BROKEN, "the answer is not valid JSON");
        }
    }

    private String url(String path, ArmType type, String query) {
        StringBuilder url = new StringBuilder(endpoint.toString().replaceAll("/+$", ""));
        for (String segment : List.of(path.replaceAll("^/+", "").split("/", -1))) {
            url.append('/').append(encoded(segment));
        }
        return url.append("?api-version=")
                .append(type.apiVersion())
                .append(query)
                .toString();
    }

    /** Names may hold blanks and letters of any script. */
    static String encoded(String segment) {
        return java.net.URLEncoder.encode(segment, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }
}
