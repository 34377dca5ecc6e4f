package tunneldoctor.collect.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tunneldoctor.collect.JsonTree;
import tunneldoctor.model.Tree;

/** Reads lists page by page, so that a large cluster is no burden for its API server. */
final class Lists {
    static final int PAGE = 500;

    /** 100,000 objects are more than any supported cluster has nodes or pods of a namespace. */
    private static final int MOST_PAGES = 200;

    private final Server server;
    private final Instant since;

    /** @param since when an event is too old to be kept */
    Lists(Server server, Instant since) {
        this.server = server;
        this.since = since;
    }

    /** Answers GET requests. */
    interface Server {
        /**
         * @return null if there is nothing at this path
         * @throws KubernetesClientException if there is no answer, or an error
         */
        @Nullable
        String get(String path);
    }

    /**
     * What was got, and why that is not all of it.
     *
     * @param missing empty if it is all
     */
    record Answer(List<Tree> objects, Optional<String> missing) {
        Answer {
            objects = List.copyOf(objects);
        }

        static Answer none(String reason) {
            return new Answer(List.of(), Optional.of(reason));
        }

        static Answer whole(List<Tree> objects) {
            return new Answer(objects, Optional.empty());
        }
    }

    Answer read(Reading reading) {
        return reading.isList() ? list(reading) : single(reading);
    }

    private Answer single(Reading reading) {
        @Nullable String text = server.get(reading.path());
        if (text == null) {
            return Answer.whole(List.of());
        }
        Optional<Tree> object = tree(text)
                .filter(tree -> tree.text("kind").filter(reading.kind()::equals).isPresent());
        return object.isPresent()
                ? Answer.whole(List.of(ObjectTrees.withoutManagers(object.get())))
                : Answer.none("the answer is not JSON of a " + reading.kind());
    }

    /** What came before a page that failed is kept. */
    private Answer list(Reading reading) {
        List<Tree> objects = new ArrayList<>();
        String continued = "";
        for (int page = 0; page < MOST_PAGES; page++) {
            String reason;
            try {
                @Nullable String text = server.get(reading.page(PAGE, continued));
                Optional<Tree> answer = Optional.ofNullable(text).flatMap(Lists::tree);
                Optional<List<Tree>> items = answer.flatMap(tree -> ObjectTrees.items(tree, reading.kind()));
                if (items.isPresent()) {
                    items.get().stream()
                            .filter(item ->
                                    !(reading.kind().equals(Reading.EVENT) && ObjectTrees.isBefore(item, since)))
                            .forEach(objects::add);
                    continued = answer.flatMap(tree -> tree.text("metadata", "continue"))
                            .map(token -> URLEncoder.encode(token, StandardCharsets.UTF_8))
                            .orElse("");
                    if (continued.isEmpty()) {
                        return Answer.whole(objects);
                    }
                    continue;
                }
                reason = text == null
                        ? "404 Not Found: this API server has no such list"
                        : "the answer is not JSON of a list of " + reading.kind();
            } catch (KubernetesClientException e) {
                reason = Failure.reason(e);
            }
            return new Answer(
                    objects,
                    Optional.of(objects.isEmpty() ? reason : "only the first " + objects.size() + " came: " + reason));
        }
        return new Answer(objects, Optional.of("only the first " + objects.size() + " were read, for there are more"));
    }

    private static Optional<Tree> tree(String json) {
        try {
            return Optional.of(JsonTree.read(json));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
