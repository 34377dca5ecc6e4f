package tunneldoctor.redact;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Choices that are always the same for one key and one question, and say nothing of either. Not safe for several threads. */
final class KeyedRandom {
    private final Mac mac;

    /** @param key any bytes but none at all */
    KeyedRandom(byte[] key) {
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** 32 bytes. */
    byte[] digest(String question) {
        return mac.doFinal(question.getBytes(StandardCharsets.UTF_8));
    }

    SplittableRandom choices(String question) {
        return new SplittableRandom(ByteBuffer.wrap(digest(question)).getLong());
    }
}
