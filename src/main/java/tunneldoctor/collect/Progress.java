package tunneldoctor.collect;

/** Told what collection is doing; called from several threads. */
public interface Progress {
    /** One that tells nobody. */
    Progress SILENT = new Progress() {
        @Override
        public void planned(String phase, int more) {
            // Nobody listens.
        }

        @Override
        public void done(String phase, String what) {
            // Nobody listens.
        }
    };

    /** So many more pieces of a phase, such as {@code nodes}, are to be done. */
    void planned(String phase, int more);

    /** One piece of it is done, with or without a gap. */
    void done(String phase, String what);
}
