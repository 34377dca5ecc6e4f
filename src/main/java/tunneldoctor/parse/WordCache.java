package tunneldoctor.parse;

import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Match;

/**
 * Words met lately, so that one which returns is neither copied out of its line nor read again: the rules of a cluster
 * say much the same in few words. A word that is met once only pushes out some other, so nothing fills it up.
 */
final class WordCache {
    private static final int BITS = 12;

    /** Spreads keys that differ in few bits; 2^64 divided by the golden ratio. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /** So many characters of eight bits make a key that no other word of the same length has. */
    private static final int MAX_PACKED = 8;

    private final @Nullable Word[] words = new Word[1 << BITS];

    /** The keys and lengths of the words, kept apart: most words need not be looked at to be told apart. */
    private final long[] keys = new long[1 << BITS];

    private final int[] lengths = new int[1 << BITS];

    private final @Nullable Match[] matches = new Match[1 << BITS];
    private final int[] matchHashes = new int[1 << BITS];

    /** A word, the option it is, and the condition that was read from it last. */
    static final class Word {
        final String text;
        private @Nullable IptablesOption option;
        private int meaning;
        private @Nullable Match match;

        Word(String text) {
            this.text = text;
        }

        IptablesOption option() {
            IptablesOption known = option;
            if (known == null) {
                known = IptablesOption.of(text);
                option = known;
            }
            return known;
        }

        /**
         * @param asked what the word was read as, of {@link IptablesOption}, or a negative number of the reader's own
         * @return null if it was not read so lately
         */
        @Nullable
        Match match(int asked) {
            return meaning == asked ? match : null;
        }

        /** Keeps what the word means, and returns it. */
        Match means(int asked, Match read) {
            meaning = asked;
            match = read;
            return read;
        }
    }

    /** The word between two places of a text. */
    Word word(String text, int from, int to) {
        long key = 0;
        int all = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            key = key(key, c);
            all |= c;
        }
        return word(text, from, to, key, isPacked(all));
    }

    /**
     * @param key of all characters, as {@link #key} makes it
     * @param packed whether {@link #isPacked} says so
     */
    Word word(String text, int from, int to, long key, boolean packed) {
        int length = to - from;
        int place = (int) (key * SPREAD >>> Long.SIZE - BITS);
        if (keys[place] == key && lengths[place] == length && packed) {
            Word known = words[place];
            if (known != null && (length <= MAX_PACKED || text.startsWith(known.text, from))) {
                return known;
            }
        }
        Word fresh = new Word(text.substring(from, to));
        if (packed) {
            keys[place] = key;
            lengths[place] = length;
            words[place] = fresh;
        }
        return fresh;
    }

    /** The key of a word with one more character, from 0 for none, so that a scanner can make it on its way. */
    static long key(long before, char next) {
        return Long.rotateLeft(before, Byte.SIZE) ^ next;
    }

    /** @param all the characters of the word, joined by "or"; of other words as well, if need be */
    static boolean isPacked(int all) {
        return all < 1 << Byte.SIZE;
    }

    /** The condition itself, or an equal one met lately. */
    Match shared(Match match) {
        int hash = match.hashCode();
        int place = (int) (hash * SPREAD >>> Long.SIZE - BITS);
        if (matchHashes[place] == hash) {
            Match known = matches[place];
            if (known != null && known.equals(match)) {
                return known;
            }
        }
        matchHashes[place] = hash;
        matches[place] = match;
        return match;
    }
}
