/**
 * Measurements and the inputs they need: firewall texts and facts files of any size, the same for the same seed. Run by
 * {@code src/bench}; no test.
 */
@org.jspecify.annotations.NullMarked
package tunneldoctor.benchmark;
