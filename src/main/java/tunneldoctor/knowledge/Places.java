package tunneldoctor.knowledge;

import java.util.List;
import org.drools.drl.ast.descr.BaseDescr;

/** Where the parts of a parse tree stand in the file; Drools says so of most, and only of where they begin. */
final class Places {
    private final RuleFile file;

    Places(RuleFile file) {
        this.file = file;
    }

    /** Where a part begins; of one that does not know, the start of its line, or of the file. */
    int start(BaseDescr part) {
        return part.getStartCharacter() >= 0 ? part.getStartCharacter() : file.lineStart(part.getLine());
    }

    /** The place of a word in a part, or of the part where the word is not in it. */
    int of(BaseDescr part, String word) {
        int start = start(part);
        int found = word.isEmpty() ? -1 : file.text().indexOf(word, start);
        boolean inside = found >= 0 && (part.getEndCharacter() < 0 || found <= part.getEndCharacter());
        return inside ? found : start;
    }

    /** The word that stands at a place; empty if none does. */
    String wordAt(int offset) {
        String text = file.text();
        List<Token> tokens = Token.of(text.substring(offset, Math.min(text.length(), offset + 40)), 0);
        return tokens.isEmpty() || !tokens.get(0).word() ? "" : tokens.get(0).text();
    }
}
