package tunneldoctor.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Prints trees of maps, lists, texts, numbers and booleans as YAML or JSON, as {@code kubectl} and {@code az} do. */
abstract class FactsPrinter {
    private final Writer out;

    private FactsPrinter(Writer out) {
        this.out = out;
    }

    /** As YAML: texts of several lines as literal blocks. */
    static FactsPrinter yaml(Writer out) {
        return new Yaml(out);
    }

    /** As JSON on several lines. */
    static FactsPrinter json(Writer out) {
        return new Json(out);
    }

    /** A list whose items are made when they are printed. */
    static List<Object> each(int size, IntFunction<Object> item) {
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                return item.apply(index);
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    abstract void print(Map<String, Object> document);

    final void write(String text) {
        try {
            out.write(text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static final class Yaml extends FactsPrinter {
        Yaml(Writer out) {
            super(out);
        }

        @Override
        void print(Map<String, Object> document) {
            mapping(document, "", "");
        }

        /** @param first what stands before the first key instead of the indentation */
        private void mapping(Map<?, ?> map, String first, String indent) {
            String before = first;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                write(before + entry.getKey() + ":");
                value(entry.getValue(), indent);
                before = indent;
            }
        }

        private void value(Object value, String indent) {
            if (value instanceof Map<?, ?> map) {
                write("\n");
                mapping(map, indent + "  ", indent + "  ");
            } else if (value instanceof List<?> list) {
                write("\n");
                for (Object item : list) {
                    if (item instanceof Map<?, ?> map) {
                        mapping(map, indent + "- ", indent + "  ");
                    } else {
                        write(indent + "-");
                        value(item, indent + "  ");
                    }
                }
            } else if (value instanceof String text && text.indexOf('\n') >= 0) {
                write(text.endsWith("\n") ? " |\n" : " |-\n");
                text.lines().forEach(line -> write(line.isEmpty() ? "\n" : indent + "  " + line + "\n"));
            } else if (value instanceof String text) {
                write(" '" + text.replace("'", "''") + "'\n");
            } else {
                write(" " + value + "\n");
            }
        }
    }

    private static final class Json extends FactsPrinter {
        Json(Writer out) {
            super(out);
        }

        @Override
        void print(Map<String, Object> document) {
            value(document, "\n");
            write("\n");
        }

        private void value(Object value, String newline) {
            String deeper = newline + "  ";
            String comma = "";
            if (value instanceof Map<?, ?> map) {
                write("{");
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    write(comma + deeper + "\"" + entry.getKey() + "\": ");
                    value(entry.getValue(), deeper);
                    comma = ",";
                }
                write(newline + "}");
            } else if (value instanceof List<?> list) {
                write("[");
                for (Object item : list) {
                    write(comma + deeper);
                    value(item, deeper);
                    comma = ",";
                }
                write(newline + "]");
            } else if (value instanceof String text) {
                write("\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"");
            } else {
                write(String.valueOf(value));
            }
        }
    }
}
