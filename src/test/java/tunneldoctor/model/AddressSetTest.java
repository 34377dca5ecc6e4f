package tunneldoctor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSetTest {
    private static final int ADDRESSES = 256;

    private final Random random = new Random(11);

    /** Few or many, short or long runs of addresses. */
    private BitSet some() {
        BitSet bits = new BitSet(ADDRESSES);
        int runs = random.nextInt(random.nextBoolean() ? 3 : 60);
        for (int i = 0; i < runs; i++) {
            int first = random.nextInt(ADDRESSES);
            bits.set(first, Math.min(ADDRESSES, first + 1 + random.nextInt(random.nextBoolean() ? 3 : 40)));
        }
        return bits;
    }

    private static AddressSet set(BitSet bits) {
        AddressSet set = AddressSet.NONE;
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            set = set.union(AddressSet.range(from, bits.nextClearBit(from) - 1));
        }
        return set;
    }

    private interface Operation {
        void apply(BitSet to, BitSet other);
    }

    private static AddressSet expected(BitSet one, Operation operation, BitSet other) {
        BitSet result = (BitSet) one.clone();
        operation.apply(result, other);
        return set(result);
    }

    @Test
    void agreesWithBitsOneByOne() {
        for (int i = 0; i < 20_000; i++) {
            BitSet one = some();
            BitSet other = some();
            AddressSet a = set(one);
            AddressSet b = set(other);

            assertThat(a.intersect(b)).isEqualTo(expected(one, BitSet::and, other));
            assertThat(a.union(b)).isEqualTo(expected(one, BitSet::or, other));
            assertThat(a.minus(b)).isEqualTo(expected(one, BitSet::andNot, other));
            assertThat(a.overlaps(b)).isEqualTo(one.intersects(other));
            assertThat(a.includes(b))
                    .isEqualTo(expected(other, BitSet::andNot, one).isEmpty());
            assertThat(a.size()).isEqualTo(one.cardinality());
            int address = random.nextInt(ADDRESSES);
            assertThat(a.covers(address)).isEqualTo(one.get(address));
        }
    }

    @Test
    void unitesAnyNumberOfSetsAsItUnitesTwo() {
        long upper = AddressSet.ALL.last() - ADDRESSES + 1;
        for (int i = 0; i < 3_000; i++) {
            List<AddressSet> sets = new ArrayList<>();
            AddressSet expected = AddressSet.NONE;
            for (int left = random.nextInt(12); left > 0; left--) {
                AddressSet some = set(some());
                // Beyond 2^31 too, where a number of 32 bits with a sign is negative.
                AddressSet one = random.nextBoolean()
                        ? some
                        : AddressSet.union(some.runs().stream()
                                .map(run -> AddressSet.range(upper + run.first(), upper + run.last()))
                                .toList());
                sets.add(one);
                expected = expected.union(one);
            }
            assertThat(AddressSet.union(sets)).isEqualTo(expected);
        }
    }

    @Test
    void takesRunsOnlyInOrder() {
        assertThat(AddressSet.ofRuns(1, 2, 4, 4))
                .isEqualTo(AddressSet.range(1, 2).union(AddressSet.of(4)));
        assertThat(AddressSet.ofRuns()).isEqualTo(AddressSet.NONE);
        assertThatIllegalArgumentException().isThrownBy(() -> AddressSet.ofRuns(1, 2, 3, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> AddressSet.ofRuns(2, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.4, 10.0.0.4",
        "10.1.2.3/16, 10.1.0.0/16",
        "10.0.0.0/255.255.0.0, 10.0.0.0/16",
        "10.0.0.0/0, any address",
        "255.255.255.255/32, 255.255.255.255",
        "10.0.0.1-10.0.0.2, 10.0.0.1-10.0.0.2",
        "10.0.0.1 - 10.0.0.1, 10.0.0.1"
    })
    void readsAddressesBlocksAndRanges(String text, String shown) {
        assertThat(AddressSet.parse(text)).map(AddressSet::toString).contains(shown);
        String line = "-s " + text + " -j DROP";
        assertThat(AddressSet.parse(line, 3, 3 + text.length())).isEqualTo(AddressSet.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0",
                "10.0.0.0.1",
                "10.0.0.256",
                "10.0.0.0001",
                "10..0.1",
                "10.0.0.1/",
                "10.0.0.1/33",
                "10.0.0.1/1x",
                "10.0.0.1/255.255",
                "10.0.0.9-10.0.0.1",
                "-10.0.0.1",
                "fe80::1",
                "localhost",
                "1.2.3.4 "
            })
    void readsNothingElse(String text) {
        assertThat(AddressSet.parse(text)).isEmpty();
    }

    @Test
    void keepsMasksWithGapsAsSeveralRuns() {
        Optional<AddressSet> scattered = AddressSet.parse("10.0.0.1/255.255.0.255");

        assertThat(scattered.orElseThrow().size()).isEqualTo(256);
        assertThat(scattered
                        .orElseThrow()
                        .covers(AddressSet.parseAddress("10.0.77.1").orElseThrow()))
                .isTrue();
    }

    @Test
    void givesAnAddressToTheFirstSetThatHoldsIt() {
        long last = AddressSet.ALL.last();
        for (int i = 0; i < 2_000; i++) {
            // At the lower end, at the upper end, or anywhere; short runs touch each other often.
            long base = random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? last - ADDRESSES : 1L << 31;
            List<AddressSet> sets = new ArrayList<>();
            for (int count = random.nextInt(120); count >= 0; count--) {
                AddressSet set = AddressSet.NONE;
                for (int runs = random.nextInt(random.nextInt(4) == 0 ? 6 : 2); runs >= 0; runs--) {
                    long first = base + random.nextInt(ADDRESSES);
                    set = set.union(AddressSet.range(
                            first, Math.min(last, first + random.nextInt(random.nextInt(8) == 0 ? 100 : 3))));
                }
                sets.add(random.nextInt(20) == 0 ? AddressSet.NONE : set);
            }
            AddressSet before = AddressSet.NONE;
            List<AddressSet> expected = new ArrayList<>();
            for (AddressSet set : sets) {
                expected.add(set.minus(before));
                before = before.union(set);
            }

            AddressPrecedence precedence = AddressPrecedence.of(sets);
            assertThat(IntStream.range(0, sets.size()).mapToObj(precedence::left))
                    .isEqualTo(expected);
            assertThat(precedence.all()).isEqualTo(before);
        }
    }

    @Test
    void givesAnAddressToTheFirstRunThatHoldsIt() {
        long last = AddressSet.ALL.last();
        AddressPrecedence precedence =
                AddressPrecedence.ofRuns(new long[] {7, 0, 0, 9}, new long[] {7, last, last, 9}, 3);

        assertThat(precedence.left(0)).isEqualTo(AddressSet.of(7));
        assertThat(precedence.left(1)).isEqualTo(AddressSet.ALL.minus(AddressSet.of(7)));
        assertThat(precedence.left(2)).isEqualTo(AddressSet.NONE);
        assertThat(precedence.all()).isEqualTo(AddressSet.ALL);
    }
}
