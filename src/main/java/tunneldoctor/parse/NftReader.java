package tunneldoctor.parse;

final class NftReader {
    private NftReader() {}

    static boolean reads(String commandLine) {
        return false;
    }

    static void read(NodeDocument document, FactsBuilder facts) {}
}
