package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import tunneldoctor.knowledge.RuleBaseException;

/** Asks the rules several things at once. */
final class Together {
    private Together() {}

    interface Question<T, R> {
        R answer(T about) throws RuleBaseException;
    }

    private sealed interface Answer<R> {
        record Given<R>(R answer) implements Answer<R> {}

        record Failed<R>(RuleBaseException why) implements Answer<R> {}
    }

    /**
     * The answers in the order of what they are about.
     *
     * @throws RuleBaseException the first in that order
     */
    static <T, R> List<R> each(List<T> about, Question<T, R> question) throws RuleBaseException {
        List<ForkJoinTask<Answer<R>>> others = new ArrayList<>();
        for (T one : about.subList(Math.min(1, about.size()), about.size())) {
            others.add(ForkJoinPool.commonPool().submit(() -> answer(one, question)));
        }
        List<Answer<R>> answers = new ArrayList<>();
        if (!about.isEmpty()) {
            answers.add(answer(about.get(0), question));
        }
        others.forEach(other -> answers.add(other.join()));
        List<R> given = new ArrayList<>();
        for (Answer<R> answer : answers) {
            if (answer instanceof Answer.Failed<R> failed) {
                throw failed.why();
            }
            given.add(((Answer.Given<R>) answer).answer());
        }
        return given;
    }

    private static <T, R> Answer<R> answer(T about, Question<T, R> question) {
        try {
            return new Answer.Given<>(question.answer(about));
        } catch (RuleBaseException e) {
            return new Answer.Failed<>(e);
        }
    }
}
