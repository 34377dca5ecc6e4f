package tunneldoctor.parse;

import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Match;

/**
 * Words met lately, so that one which returns is neither copied out of its line nor read again: the rules of a cluster
 * say much the same in few words. A word that is met once only pushes out some other, so nothing fills it up.
 */
final class WordCache {
    private static final int BITS = 12;

    /** Spreads hashes that differ in few bits; 2^32 divided by the golden ratio. */
    private static final int SPREAD = 0x9E37_79B9;

    private final @Nullable Word[] words = new Word[1 << BITS];

    /** The hashes of the words, kept apart: most words met once need not be looked at to be told apart. */
    private final int[] hashes = new int[1 << BITS];

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
        return word(text, from, to, hash(text, from, to));
    }

    /** @param hash as {@link #hash} makes it */
    Word word(String text, int from, int to, int hash) {
        int place = hash * SPREAD >>> 32 - BITS;
        if (hashes[place] == hash) {
            Word known = words[place];
            if (known != null && known.text.length() == to - from && text.startsWith(known.text, from)) {
                return known;
            }
        }
        Word fresh = new Word(text.substring(from, to));
        hashes[place] = hash;
        words[place] = fresh;
        return fresh;
    }

    /** The condition itself, or an equal one met lately. */
    Match shared(Match match) {
        int hash = match.hashCode();
        int place = hash * SPREAD >>> 32 - BITS;
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

    /** Computed as strings do, from left to right, so that a scanner can do it on its way. */
    private static int hash(String text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }
}
