package tunneldoctor.model;

/** Quoting for commands that people paste into a POSIX shell. */
public final class Shell {
    private Shell() {}

    /**
     * The text as one shell word. Evidence may hold hostile names, so whatever is not plainly harmless is quoted, and
     * control characters, which a terminal would act on when pasted, are replaced by {@code ?}.
     */
    public static String quote(String word) {
        if (!word.isEmpty() && harmless(word) && word.charAt(0) != '-' && word.charAt(0) != '~') {
            return word;
        }
        return "'" + replaceControls(word).replace("'", "'\\''") + "'";
    }

    private static boolean harmless(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!harmless(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean harmless(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "@%_+=:,./-".indexOf(c) >= 0;
    }

    private static String replaceControls(String word) {
        StringBuilder safe = new StringBuilder(word.length());
        word.codePoints().forEach(c -> safe.appendCodePoint(visible(c) ? c : '?'));
        return safe.toString();
    }

    private static boolean visible(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.SURROGATE;
    }
}
