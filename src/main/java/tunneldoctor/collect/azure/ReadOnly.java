package tunneldoctor.collect.azure;

import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.collect.nodes.NodeScript;
import tunneldoctor.model.Tree;

/**
 * The last gate before the wire. Passes reads of the kinds of {@link ArmType}, and a run-command whose script is one that
 * {@link tunneldoctor.collect.nodes.NodeScripts} made; refuses everything else, and every other host, for a page's link
 * may lead anywhere and the login goes with it. Tokens are fetched by the identity library on a way of its own.
 */
final class ReadOnly implements HttpPipelinePolicy {
    /** Under this key a call's context holds the {@link NodeScript} it sends. */
    static final String SCRIPT = "tunnel-doctor.script";

    private static final Pattern SEGMENT = Pattern.compile("[\\p{Alnum}._()@%+~=!$'*,;: -]+");
    private static final Pattern RUN_COMMAND =
            Pattern.compile("(?i)/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.Compute/"
                    + "(virtualMachineScaleSets/[^/]+/)?virtualMachines/[^/]+/runCommand");

    private final URI endpoint;

    /** What was refused, and why. */
    static final class Refused extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Refused(String reason) {
            super(reason);
        }
    }

    /** @param endpoint Azure Resource Manager */
    ReadOnly(URI endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
        Optional<String> refusal = refusal(context.getHttpRequest(), context.getData(SCRIPT));
        return refusal.isPresent() ? Mono.error(new Refused(refusal.get())) : next.process();
    }

    /** Why a request must not be sent; empty if it may. */
    static Optional<String> whyNot(URI endpoint, HttpRequest request, Optional<Object> script) {
        return new ReadOnly(endpoint).refusal(request, script);
    }

    private Optional<String> refusal(HttpRequest request, Optional<Object> script) {
        URI uri;
        try {
            uri = request.getUrl().toURI();
        } catch (URISyntaxException e) {
            return Optional.of("not an address of Azure: " + ArmFailure.line(String.valueOf(e.getMessage())));
        }
        if (!endpoint.getScheme().equalsIgnoreCase(uri.getScheme())
                || !endpoint.getHost().equalsIgnoreCase(uri.getHost())
                || port(endpoint) != port(uri)
                || uri.getRawUserInfo() != null) {
            return Optional.of("not an address of this Azure: " + ArmFailure.line(String.valueOf(uri.getHost())));
        }
        String path = uri.getRawPath();
        for (String segment : path.substring(1).split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches() || Set.of(".", "..").contains(segment) || encoded(segment)) {
                return Optional.of("not a path of a resource: " + ArmFailure.line(path));
            }
        }
        if (request.getHttpMethod() == HttpMethod.GET) {
            return ArmType.ofPath(path).isPresent() && request.getBodyAsBinaryData() == null
                    ? Optional.empty()
                    : Optional.of("not among what is read: " + ArmFailure.line(path));
        }
        boolean sendsScript = request.getHttpMethod() == HttpMethod.POST
                && RUN_COMMAND.matcher(path).matches()
                && script.filter(NodeScript.class::isInstance)
                        .map(one -> isRunOf((NodeScript) one, request))
                        .orElse(false);
        return sendsScript ? Optional.empty() : Optional.of(request.getHttpMethod() + " is not a read");
    }

    /** A slash or dots in disguise would make another path of it behind this gate. */
    private static boolean encoded(String segment) {
        String lower = segment.toLowerCase(java.util.Locale.ROOT);
        return lower.contains("%2f") || lower.contains("%5c") || lower.contains("%2e");
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static boolean isRunOf(NodeScript script, HttpRequest request) {
        if (request.getBodyAsBinaryData() == null) {
            return false;
        }
        try {
            Tree body = JsonTree.read(request.getBodyAsBinaryData().toBytes());
            List<String> lines = body.items("script").stream()
                    .map(line -> line instanceof Tree.Scalar scalar ? scalar.text() : "")
                    .toList();
            return body instanceof Tree.Mapping mapping
                    && mapping.entries().keySet().equals(Set.of("commandId", "script"))
                    && body.text("commandId").equals(Optional.of(RunCommand.SHELL))
                    && lines.equals(RunCommand.lines(script));
        } catch (IOException e) {
            return false;
        }
    }
}
