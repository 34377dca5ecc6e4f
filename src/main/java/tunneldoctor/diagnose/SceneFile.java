package tunneldoctor.diagnose;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.parse.UnreadableFactsException;

/**
 * A file of scenes as read.
 *
 * @param unreadable why it, or a part of it, cannot be used, a line for each mistake; empty if it can
 */
public record SceneFile(Path path, List<ClusterFacts> scenes, String unreadable) {
    public SceneFile {
        scenes = List.copyOf(scenes);
    }

    /** Reads a file; what is wrong with it is part of the answer. */
    public static SceneFile read(Path path) {
        try {
            List<ClusterFacts> scenes = Samples.scenes(path);
            return new SceneFile(path, scenes, scenes.isEmpty() ? path + ": holds no scene" : "");
        } catch (UnreadableFactsException e) {
            return new SceneFile(path, List.of(), String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            return new SceneFile(path, List.of(), path + ": no such file");
        } catch (IOException e) {
            return new SceneFile(path, List.of(), path + ": cannot be read");
        }
    }
}
