package tunneldoctor.parse;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Tree;
import tunneldoctor.parse.UnreadableFactsException.Fault;

/**
 * Reads facts files: YAML, with {@code ---} between documents, or JSON objects one after the other.
 *
 * <pre>
 * apiVersion: tunnel-doctor/v1
 * kind: ClusterFacts
 * azure: [...]
 * nodes:
 *   - name: aks-nodepool1-12345678-vmss000001
 *     outputs:
 *       ufw status verbose: |
 *         Status: inactive
 * </pre>
 */
public final class FactsFile {
    /** Its documents are to be diagnosed as they come, not when the last has come. */
    private static final String STANDARD_INPUT = "-";

    /** In bytes: far more than a cluster has evidence, and little memory to read a file at once. */
    private static final int LONGEST_PLAIN = 4 << 20;

    private FactsFile() {}

    /**
     * Makes ready for what only some files hold, such as JSON within YAML. Nothing depends on it: it is for a thread that has
     * nothing else to do while a fresh process begins.
     */
    public static void prepare() {
        TreeReader.prepare();
    }

    /**
     * Reads all documents of a file, holding one at a time.
     *
     * @param fileName the file's name as the user gave it, {@code -} for standard input
     * @param in read to its end or to the first place that is not YAML or JSON; not closed
     * @param sink takes each document as soon as it is read; what it throws passes through
     * @throws UnreadableFactsException if a document, or what remains of the file, cannot be used at all. Every document
     *     that can be used has gone to the sink by then, those before and after one of the wrong kind too.
     */
    public static void read(String fileName, InputStream in, Consumer<ClusterFacts> sink)
            throws UnreadableFactsException {
        List<UnreadableFactsException> unusable = new ArrayList<>();
        try {
            readEach(fileName, in, sink, unusable);
        } catch (UnreadableFactsException rest) {
            unusable.add(rest);
        }
        if (!unusable.isEmpty()) {
            throw unusable.size() == 1 ? unusable.get(0) : new UnreadableFactsException(unusable);
        }
    }

    private static void readEach(
            String fileName, InputStream in, Consumer<ClusterFacts> sink, List<UnreadableFactsException> unusable)
            throws UnreadableFactsException {
        BytesAhead ahead = new BytesAhead(in);
        if (!fileName.equals(STANDARD_INPUT) && !ahead.beginsWith('{') && ahead.endsWithin(LONGEST_PLAIN)) {
            Optional<List<TreeReader.Document>> plain = PlainYaml.read(ahead.bytes(), ahead.length());
            if (plain.isPresent()) {
                for (TreeReader.Document document : plain.get()) {
                    readOne(fileName, document, new TextSource.Replaced(0, 0), sink, unusable);
                }
                return;
            }
        }
        TextSource source = new TextSource(ahead);
        TreeReader trees = TreeReader.of(fileName, source);
        boolean empty = true;
        Optional<TreeReader.Document> document = trees.next();
        while (document.isPresent()) {
            // YAML has an empty document before a leading and after a trailing separator.
            if (!(document.get().root() instanceof Tree.Null)) {
                empty = false;
                TextSource.Replaced replaced =
                        source.replacedUpTo(document.get().lastLine());
                readOne(fileName, document.get(), replaced, sink, unusable);
            }
            document = trees.next();
        }
        if (empty) {
            throw new UnreadableFactsException(
                    fileName,
                    new Fault(
                            0,
                            0,
                            "the file is empty",
                            "A facts file begins with \"apiVersion: " + DocumentReader.API_VERSION + "\" and \"kind: "
                                    + DocumentReader.KIND + "\"."));
        }
    }

    private static void readOne(
            String fileName,
            TreeReader.Document document,
            TextSource.Replaced replaced,
            Consumer<ClusterFacts> sink,
            List<UnreadableFactsException> unusable) {
        ClusterFacts facts;
        try {
            facts = DocumentReader.read(fileName, document, replaced);
        } catch (UnreadableFactsException wrong) {
            unusable.add(wrong);
            return;
        }
        sink.accept(facts);
    }
}
