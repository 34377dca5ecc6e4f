package tunneldoctor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The package table of the design: who may import whom. */
@AnalyzeClasses(packages = "tunneldoctor", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule dataFlowsForward = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("model")
            .definedBy("tunneldoctor.model..")
            .layer("parse")
            .definedBy("tunneldoctor.parse..")
            .layer("path")
            .definedBy("tunneldoctor.path..")
            .layer("knowledge")
            .definedBy("tunneldoctor.knowledge..")
            .layer("diagnose")
            .definedBy("tunneldoctor.diagnose..")
            .layer("report")
            .definedBy("tunneldoctor.report..")
            .layer("collect")
            .definedBy("tunneldoctor.collect..")
            .layer("redact")
            .definedBy("tunneldoctor.redact..")
            .layer("cli")
            .definedBy("tunneldoctor.cli..")
            .layer("start")
            .definedBy("tunneldoctor.start..")
            .layer("build")
            .definedBy("tunneldoctor.build..")
            .whereLayer("build")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("start")
            .mayOnlyBeAccessedByLayers("knowledge", "build")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("collect")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("redact")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("diagnose")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("knowledge")
            .mayOnlyBeAccessedByLayers("diagnose", "cli")
            .whereLayer("path")
            .mayOnlyBeAccessedByLayers("diagnose", "cli")
            .whereLayer("parse")
            .mayOnlyBeAccessedByLayers("diagnose", "cli")
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule theModelKnowsOnlyJava = classes()
            .that(resideInAPackage("tunneldoctor.model.."))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "tunneldoctor.model..");

    @ArchTest
    static final ArchRule thePathKnowsOnlyTheModel = classes()
            .that(resideInAPackage("tunneldoctor.path.."))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "tunneldoctor.model..", "tunneldoctor.path..");

    @ArchTest
    static final ArchRule redactionKnowsOnlyTheModel = classes()
            .that(resideInAPackage("tunneldoctor.redact.."))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "javax.crypto..", "org.jspecify..", "tunneldoctor.model..", "tunneldoctor.redact..");

    @ArchTest
    static final ArchRule onlyKnowledgeAndItsStartKnowDrools = noClasses()
            .that()
            .resideOutsideOfPackages("tunneldoctor.knowledge..", "tunneldoctor.start..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.drools..", "org.kie..", "org.mvel..");

    @ArchTest
    static final ArchRule collectionKnowsOnlyTheModel = noClasses()
            .that()
            .resideInAPackage("tunneldoctor.collect..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "tunneldoctor.parse..",
                    "tunneldoctor.path..",
                    "tunneldoctor.knowledge..",
                    "tunneldoctor.diagnose..",
                    "tunneldoctor.report..");

    @ArchTest
    static final ArchRule onlyItsCollectorKnowsAzure = noClasses()
            .that()
            .resideOutsideOfPackage("tunneldoctor.collect.azure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.azure..", "reactor..");

    @ArchTest
    static final ArchRule onlyItsCollectorKnowsTheKubernetesClient = noClasses()
            .that()
            .resideOutsideOfPackage("tunneldoctor.collect.kubernetes..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..");

    @ArchTest
    static final ArchRule noPackageForAnythingElse =
            noClasses().should().resideInAnyPackage("..util..", "..common..", "..impl..", "..manager..");
}
