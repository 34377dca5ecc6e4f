package tunneldoctor.collect.standin;

import java.time.Instant;

/**
 * A call that the stand-in was sent.
 *
 * @param endpoint method and kind, without names: {@code GET Microsoft.Network/loadBalancers list}; the unit of faults
 */
public record Call(String method, String path, String query, String endpoint, String body, Instant at) {}
