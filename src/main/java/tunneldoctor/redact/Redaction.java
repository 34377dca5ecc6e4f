package tunneldoctor.redact;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tunneldoctor.model.AddressSet;

/**
 * Replaces names, identifiers and addresses in texts by pseudonyms, the same ones everywhere: first every text is
 * {@linkplain Learning#line learned}, then each is rewritten. It does not matter what a text is: facts files, listings, reports
 * of them. Lines stay lines, keys stay keys, columns stay columns. Pseudonyms depend on all that was learned and on the key; who
 * does not have the key cannot find a name by trying.
 *
 * <p>A redacted text is diagnosed as its original is, and the redacted diagnosis of the original is the diagnosis of the redacted
 * text. Not safe for several threads.
 */
public final class Redaction {
    /** Written with an escape, a letter of a name would pass for punctuation. */
    private static final Pattern ESCAPED_LETTER =
            Pattern.compile("(?<!\\\\)\\\\(?:u00([3-7][0-9a-fA-F])|x([3-7][0-9a-fA-F]))");

    private static final String NO_GUID = "00000000-0000-0000-0000-000000000000";
    private static final int GUID_BYTES = 16;
    private static final int HARDWARE_BYTES = 6;

    private final Names names;
    private final KeyedRandom random;
    private final Words words;
    private final Addresses addresses;
    private final Addresses6 addresses6;
    private final Columns columns = new Columns();
    private final Map<String, String> replaced = new TreeMap<>();

    private Redaction(Learning learning, KeyedRandom random) {
        this.names = learning.names;
        this.random = random;
        this.words = Words.of(learning.words, random, learning.known::contains);
        this.addresses = learning.addresses.with(random);
        this.addresses6 = Addresses6.of(learning.addresses6, random);
    }

    /** Begins to learn what a redaction is about. */
    public static Learning learning() {
        return new Learning(KnownWords.load());
    }

    /** The texts that are to be redacted together, line by line in any order. */
    public static final class Learning {
        private final KnownWords known;
        private final Names names;
        private final TreeSet<String> words = new TreeSet<>();
        private final TreeSet<String> addresses6 = new TreeSet<>();
        private final Addresses.Learned addresses = new Addresses.Learned();

        private Learning(KnownWords known) {
            this.known = known;
            this.names = new Names(known);
        }

        public void line(String line) {
            String plain = unescaped(line);
            Pieces.of(plain, names, (kind, from, to) -> piece(plain, kind, from, to));
        }

        private void piece(String line, Pieces.Kind kind, int from, int to) {
            String text = line.substring(from, to);
            switch (kind) {
                case WORD -> words.add(Words.lower(text));
                case ADDRESS -> address(line, Pieces.quadValue(text), to);
                case REVERSED_ADDRESS -> addresses.block(reversed(Pieces.quadValue(text)), Block.BITS);
                case ADDRESS_6 -> addresses6.add(text);
                case GUID, HARDWARE_ADDRESS -> {
                    // Their pseudonyms depend on nothing else.
                }
            }
        }

        private void address(String line, long address, int to) {
            addresses.block(address, Block.BITS);
            PrefixLength length = PrefixLength.behind(line, to);
            if (length.bits() >= 0) {
                addresses.block(address, length.bits());
            } else if (length.scattered()) {
                addresses.scattered(address, length.leading());
            }
            PrefixLength.rangeEnd(line, to)
                    .filter(last -> last >= address)
                    .ifPresent(last -> addresses.range(address, last));
        }

        /**
         * @param key at least one byte; the same key and texts give the same pseudonyms
         */
        public Redaction with(byte[] key) {
            return new Redaction(this, new KeyedRandom(key));
        }
    }

    /** A line of a text with pseudonyms; the lines of a text in their order, since a table's heading tells of its columns. */
    public String line(String line) {
        String plain = columns.widened(unescaped(line));
        StringBuilder out = new StringBuilder(plain.length() + 16);
        int[] state = {0, 0};
        Pieces.of(plain, names, (kind, from, to) -> {
            Columns.copy(plain, state, from, out);
            String original = plain.substring(from, to);
            String pseudonym = pseudonym(plain, kind, from, to);
            replaced.put(original, pseudonym);
            out.append(pseudonym);
            state[0] = to;
            state[1] += pseudonym.length() - original.length();
        });
        Columns.copy(plain, state, plain.length(), out);
        return out.toString();
    }

    /** A text of several lines with pseudonyms. */
    public String text(String text) {
        return text.lines().map(this::line).collect(Collectors.joining("\n", "", text.endsWith("\n") ? "\n" : ""));
    }

    /** What was replaced so far, and by what. */
    public Map<String, String> replaced() {
        return Map.copyOf(replaced);
    }

    private String pseudonym(String line, Pieces.Kind kind, int from, int to) {
        String text = line.substring(from, to);
        return switch (kind) {
            case WORD -> words.pseudonym(text);
            case ADDRESS -> address(line, text, to);
            case REVERSED_ADDRESS -> dotted(reversed(addresses.moved(reversed(Pieces.quadValue(text)))), text);
            case ADDRESS_6 -> addresses6.pseudonym(text, addresses::moved);
            case GUID -> guid(text);
            case HARDWARE_ADDRESS -> hardwareAddress(text);
        };
    }

    private String address(String line, String text, int to) {
        long address = Pieces.quadValue(text);
        PrefixLength length = PrefixLength.behind(line, to);
        return dotted(length.bits() >= 0 ? addresses.moved(address, length.bits()) : addresses.moved(address), text);
    }

    private static String dotted(long address, String original) {
        String text = AddressSet.format(address);
        return original.indexOf('-') < 0 ? text : text.replace('.', '-');
    }

    private static long reversed(long address) {
        return (address & 255) << 24 | (address >> 8 & 255) << 16 | (address >> 16 & 255) << 8 | address >> 24;
    }

    private String guid(String text) {
        if (text.equals(NO_GUID)) {
            return text;
        }
        String digits = HexFormat.of().formatHex(random.digest("guid " + Words.lower(text)), 0, GUID_BYTES);
        StringBuilder guid = new StringBuilder(digits);
        for (int hyphen : new int[] {8, 13, 18, 23}) {
            guid.insert(hyphen, '-');
        }
        return inCaseOf(text, guid.toString());
    }

    /** Marked as locally administered, so that it is no vendor's (IEEE 802). */
    private String hardwareAddress(String text) {
        char separator = text.charAt(2);
        byte[] bytes = random.digest("hardware address " + Words.lower(text).replace(separator, ':'));
        bytes[0] = 2;
        String digits = HexFormat.ofDelimiter(String.valueOf(separator)).formatHex(bytes, 0, HARDWARE_BYTES);
        return inCaseOf(text, digits);
    }

    private static String inCaseOf(String original, String hex) {
        return original.equals(Words.lower(original)) ? hex : hex.toUpperCase(Locale.ROOT);
    }

    private static String unescaped(String line) {
        if (line.indexOf('\\') < 0) {
            return line;
        }
        Matcher escape = ESCAPED_LETTER.matcher(line);
        return escape.replaceAll(found -> {
            char c = (char) Integer.parseInt(found.group(1) == null ? found.group(2) : found.group(1), 16);
            return Matcher.quoteReplacement(Character.isLetterOrDigit(c) ? String.valueOf(c) : found.group());
        });
    }
}
