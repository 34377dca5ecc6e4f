package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.drools.drl.ast.descr.PackageDescr;
import tunneldoctor.model.Cause;

final class RulePolicy {
    private final RuleFile file;

    RulePolicy(RuleFile file, PackageDescr descr) {
        this.file = file;
    }

    List<RuleProblem> check() {
        return new ArrayList<>();
    }

    Optional<Cause> cause() {
        return Optional.of(
                new Cause(file.id(), "t", tunneldoctor.model.Severity.BLOCKING, "s", "m", "", file.relative()));
    }
}
