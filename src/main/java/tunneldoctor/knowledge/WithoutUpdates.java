package tunneldoctor.knowledge;

import org.kie.api.conf.ConfigurationKey;
import org.kie.api.conf.OptionKey;
import org.kie.api.conf.OptionsConfiguration;
import org.kie.internal.builder.KnowledgeBuilderConfiguration;
import org.kie.internal.builder.conf.KnowledgeBuilderOption;
import org.kie.internal.builder.conf.MultiValueKieBuilderOption;
import org.kie.internal.builder.conf.PropertySpecificOption;
import org.kie.internal.builder.conf.SingleValueKieBuilderOption;

/**
 * Tells Drools not to follow which fields of a fact each rule looks at: that only serves rules that change facts, and ours
 * do not. To find the fields of all facts by reflection is a twentieth of a fresh process's time.
 */
final class WithoutUpdates implements KnowledgeBuilderConfiguration {
    @Override
    @SuppressWarnings("unchecked") // the key says which option it is
    public <C extends SingleValueKieBuilderOption> C getOption(OptionKey<C> option) {
        if (option.equals(PropertySpecificOption.KEY)) {
            return (C) PropertySpecificOption.DISABLED;
        }
        throw new UnsupportedOperationException("nothing is known of " + option);
    }

    @Override
    public <C extends KnowledgeBuilderOption> void setOption(C option) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void makeImmutable() {}

    @Override
    public ClassLoader getClassLoader() {
        return WithoutUpdates.class.getClassLoader();
    }

    @Override
    public <
                    X extends
                            OptionsConfiguration<
                                            KnowledgeBuilderOption,
                                            SingleValueKieBuilderOption,
                                            MultiValueKieBuilderOption>>
            X as(ConfigurationKey<X> key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean setProperty(String name, String value) {
        return false;
    }

    @Override
    public String getProperty(String name) {
        return "";
    }
}
