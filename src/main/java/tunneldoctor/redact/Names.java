package tunneldoctor.redact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what of a name is replaced: words joined by points, hyphens and underscores. It goes by {@link KnownWords} and by the
 * forms that names have on AKS; every other word is replaced, alone or as a part of a name. Not safe for several threads.
 * <pre>
 * nsg-payroll-westeurope    aks-nodepool1-12345678-vmss000001    payroll-7f9c.hcp.westeurope.azmk8s.io
 *     ^^^^^^^                             ^^^^^^^^               ^^^^^^^ ^^^^
 * </pre>
 */
final class Names {
    /** A number this long in a name is an id, a shorter one counts. */
    private static final int ID_DIGITS = 5;

    /** Names repeat a lot; beyond so many different ones they are ids that do not. */
    private static final int REMEMBERED = 200_000;

    private static final List<String> SECRET_KEYS = List.of(
            "password",
            "passwd",
            "pwd",
            "secret",
            "token",
            "apikey",
            "accesskey",
            "accountkey",
            "credential",
            "signature",
            "sig");

    private final KnownWords known;
    private final Map<String, Decision> decisions = new HashMap<>();

    Names(KnownWords known) {
        this.known = known;
    }

    /** What is replaced, and whether what follows is a secret if the name is its key or its scheme. */
    record Decision(int[] places, boolean secretKey, boolean scheme) {
        int words() {
            return places.length / 2;
        }

        int from(int word) {
            return places[2 * word];
        }

        int to(int word) {
            return places[2 * word + 1];
        }
    }

    /** @param wildcard whether a sign for "and any other" follows, as in {@code et+} */
    Decision of(String name, boolean wildcard) {
        Decision decision = wildcard ? null : decisions.get(name);
        if (decision == null) {
            decision = decide(Words.lower(name), wildcard);
            if (!wildcard && decisions.size() < REMEMBERED) {
                decisions.put(name, decision);
            }
        }
        return decision;
    }

    private Decision decide(String name, boolean wildcard) {
        One one = new One(name, wildcard);
        one.decide();
        int[] places = one.replaced.stream().flatMapToInt(Arrays::stream).toArray();
        return new Decision(
                places, SECRET_KEYS.stream().anyMatch(name::endsWith), name.equals("bearer") || name.equals("basic"));
    }

    /** One name, in lower case. */
    private final class One {
        private final String name;
        private final boolean wildcard;

        /** From where to where each goes. */
        private final List<int[]> words = new ArrayList<>();

        private final List<int[]> replaced = new ArrayList<>();

        One(String name, boolean wildcard) {
            this.name = name;
            this.wildcard = wildcard;
            int from = 0;
            for (int at = 0; at <= name.length(); at++) {
                if (at == name.length() || Pieces.joins(name.charAt(at))) {
                    if (at > from) {
                        words.add(new int[] {from, at});
                    }
                    from = at + 1;
                }
            }
        }

        private void decide() {
            if (known.contains(name) || words.stream().allMatch(this::counts)) {
                return;
            }
            if (words.size() == 1) {
                word(words.get(0));
            } else if (known.isFormula(name)) {
                return;
            } else if (isOfAks()) {
                words.forEach(this::unlessKnown);
            } else if (isVersion()) {
                words.stream().filter(word -> !counts(word)).forEach(this::word);
            } else if (isTagOfRegion() || isPath()) {
                return;
            } else {
                Optional<Integer> domain = known.domain(name);
                if (domain.isPresent()) {
                    host(words.stream().filter(w -> w[1] <= domain.get()).toList());
                } else {
                    afterPrefix();
                }
            }
        }

        private void word(int[] word) {
            String text = text(word);
            boolean stays = text.length() == 1
                    || known.contains(text)
                    || counts(word)
                    || measures(text)
                    || repeats(text)
                    || instance(text)
                    || known.isInterface(text)
                    || wildcard && word[1] == name.length() && known.beginsInterface(text);
            if (!stays) {
                replace(word);
            }
        }

        /** {@code aks-nodepool1-12345678-vmss000001} and its like. */
        private boolean isOfAks() {
            return text(words.get(0)).equals("aks")
                    && words.stream().anyMatch(word -> counts(word) && word[1] - word[0] >= ID_DIGITS);
        }

        private void unlessKnown(int[] word) {
            if (counts(word)) {
                number(word);
            } else {
                word(word);
            }
        }

        private boolean isVersion() {
            String first = text(words.get(0));
            boolean begins = counts(words.get(0)) || first.length() > 1 && first.startsWith("v") && digits(first, 1);
            return begins && counts(words.get(1)) && name.charAt(words.get(0)[1]) == '.';
        }

        /** {@code AzureCloud.WestEurope}. */
        private boolean isTagOfRegion() {
            return words.size() == 2
                    && name.charAt(words.get(0)[1]) == '.'
                    && known.isRegion(text(words.get(1)))
                    && known.contains(text(words.get(0)));
        }

        /** {@code properties.networkProfile.outboundType}. */
        private boolean isPath() {
            for (int at = 0; at < name.length(); at++) {
                if (Pieces.joins(name.charAt(at)) && name.charAt(at) != '.') {
                    return false;
                }
            }
            return words.stream().allMatch(word -> known.contains(text(word)));
        }

        /** The part of a host's name before a public domain. */
        private void host(List<int[]> words) {
            List<int[]> own = words.stream()
                    .filter(word -> !known.isServiceLabel(text(word)) && !known.isRegion(text(word)))
                    .toList();
            own.forEach(word -> {
                if (counts(word)) {
                    number(word);
                } else if (word[1] - word[0] > 1) {
                    replace(word);
                }
            });
        }

        /** What begins as a known product's names do keeps that, so that it is still known for one. */
        private void afterPrefix() {
            for (int kept = words.size() - 1; kept > 0; kept--) {
                String prefix = name.substring(0, words.get(kept - 1)[1]);
                if (known.isProduct(prefix)) {
                    words.subList(kept, words.size()).forEach(this::unlessKnown);
                    return;
                }
                if (kept > 1 && known.contains(prefix)) {
                    named(words.subList(kept, words.size()));
                    return;
                }
            }
            named(words);
        }

        /** Words of a name: those that only say what is named may stay, if others go. */
        private void named(List<int[]> words) {
            boolean tells = words.stream().anyMatch(word -> !says(word) && !counts(word) && word[1] - word[0] > 1);
            for (int[] word : words) {
                if (counts(word)) {
                    number(word);
                } else if (word[1] - word[0] > 1 && (!tells || !says(word))) {
                    replace(word);
                }
            }
        }

        private boolean says(int[] word) {
            String text = text(word);
            return known.isHint(text) || known.isRegion(text) || instance(text);
        }

        private void number(int[] word) {
            if (word[1] - word[0] >= ID_DIGITS) {
                replace(word);
            }
        }

        private void replace(int[] word) {
            replaced.add(word);
        }

        /** {@code vmss00000a}: the instance of a scale set, in base 36. */
        private boolean instance(String word) {
            return word.startsWith("vmss") && (word.length() == 4 || word.length() == 10);
        }

        private boolean counts(int[] word) {
            for (int at = word[0]; at < word[1]; at++) {
                if (!Pieces.digit(name.charAt(at))) {
                    return false;
                }
            }
            return true;
        }

        /** {@code 4Gi}, {@code 100m}, {@code 6m10s}, {@code 0x8000}. */
        private boolean measures(String word) {
            if (word.startsWith("0x")) {
                return word.length() > 2
                        && word.length() <= 18
                        && word.chars().skip(2).allMatch(c -> Pieces.hex((char) c));
            }
            int at = 0;
            while (at < word.length()) {
                int unit = at;
                while (unit < word.length() && Pieces.digit(word.charAt(unit))) {
                    unit++;
                }
                int end = unit;
                while (end < word.length() && !Pieces.digit(word.charAt(end))) {
                    end++;
                }
                if (unit == at || !known.isUnit(word.substring(unit, end))) {
                    return false;
                }
                at = end;
            }
            return true;
        }

        /** {@code x3}: how often an event was seen. */
        private boolean repeats(String word) {
            return word.charAt(0) == 'x' && word.length() > 1 && word.length() <= 7 && digits(word, 1);
        }

        private boolean digits(String text, int from) {
            return text.chars().skip(from).allMatch(c -> Pieces.digit((char) c));
        }

        private String text(int[] word) {
            return name.substring(word[0], word[1]);
        }
    }
}
