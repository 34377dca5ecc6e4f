package tunneldoctor.model;

/** Runs of the digits 0 to 9; other scripts have digits too, which no tool writes. */
public final class Digits {
    private Digits() {}

    /** How many there are from a place in the text on; 0 at its end. */
    public static int from(String text, int at) {
        int end = at;
        while (end < text.length() && is(text.charAt(end))) {
            end++;
        }
        return end - at;
    }

    public static boolean is(char c) {
        return c >= '0' && c <= '9';
    }

    /** Whether there is nothing else in the text, and there is something. */
    public static boolean only(String text) {
        return !text.isEmpty() && from(text, 0) == text.length();
    }
}
