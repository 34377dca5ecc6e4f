package tunneldoctor.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tunneldoctor.model.Certainty;
import tunneldoctor.report.FleetResult.Cause;
import tunneldoctor.report.FleetResult.Verdict;

/** Results of many documents, a line each, in forms that are read back to go on after an interruption. */
public enum FleetLines {
    /** Columns for people. */
    TEXT {
        @Override
        public String line(FleetResult result) {
            String said = switch (result.verdict()) {
                case FOUND -> causes(result);
                case CANNOT_TELL -> "open: " + String.join(" ", result.cannotTell());
                case NOTHING_FOUND -> "";
                case UNUSABLE, FAILED -> result.error();
            };
            return String.format(
                            "%-13s  %-24s  %s%s",
                            result.verdict(), or(result.cluster(), "-"), Escape.line(place(result)), behind(said))
                    + "\n";
        }

        private String behind(String said) {
            return said.isEmpty() ? "" : "  " + Escape.line(said);
        }

        @Override
        public Optional<FleetResult> read(String line) {
            return Optional.empty();
        }
    },
    /** Comma-separated values by RFC 4180, with a line of names on top. */
    CSV {
        @Override
        public String head() {
            return "file,document,last,cluster,nodes,verdict,causes,cannotTell,error\n";
        }

        @Override
        public String line(FleetResult result) {
            return List.of(
                                    result.file(),
                                    Integer.toString(result.document()),
                                    Boolean.toString(result.last()),
                                    result.cluster(),
                                    Integer.toString(result.nodes()),
                                    result.verdict().toString(),
                                    causes(result),
                                    String.join(" ", result.cannotTell()),
                                    result.error())
                            .stream()
                            .map(FleetLines::quoted)
                            .collect(Collectors.joining(","))
                    + "\n";
        }

        @Override
        public Optional<FleetResult> read(String line) {
            List<String> fields = unquoted(line);
            try {
                return fields.size() != 9
                        ? Optional.empty()
                        : Optional.of(new FleetResult(
                                fields.get(0),
                                Integer.parseInt(fields.get(1)),
                                Boolean.parseBoolean(fields.get(2)),
                                fields.get(3),
                                Integer.parseInt(fields.get(4)),
                                Verdict.valueOf(fields.get(5)),
                                readCauses(fields.get(6)),
                                words(fields.get(7)),
                                fields.get(8)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    },
    /** A JSON object. */
    JSONL {
        @Override
        public String line(FleetResult result) {
            return JsonPage.line(json -> write(json, result));
        }

        @Override
        public Optional<FleetResult> read(String line) {
            try (JsonParser json = JSON.createParser(line)) {
                return json.nextToken() == JsonToken.START_OBJECT ? Optional.of(readObject(json)) : Optional.empty();
            } catch (IOException | IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    };

    private static final JsonFactory JSON = new JsonFactory();

    /** What stands above the lines; empty where nothing does. */
    public String head() {
        return "";
    }

    /** One line, with its break. */
    public abstract String line(FleetResult result);

    /** What a line says, without its break; empty if it is none of this form, or only a piece of one. */
    public abstract Optional<FleetResult> read(String line);

    /** Which document of which file. */
    static String place(FleetResult result) {
        return result.document() == 1 && result.last() ? result.file() : result.file() + " #" + result.document();
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : Escape.line(text);
    }

    /** {@code nsg-blocks-kubelet:PROVED:3}, with the number of nodes where not the whole cluster is affected. */
    private static String causes(FleetResult result) {
        return result.causes().stream()
                .map(cause -> cause.id() + ":" + cause.certainty() + (cause.nodes() == 0 ? "" : ":" + cause.nodes()))
                .collect(Collectors.joining(" "));
    }

    private static List<Cause> readCauses(String text) {
        return words(text).stream()
                .map(word -> {
                    String[] parts = word.split(":", -1);
                    return new Cause(
                            parts[0],
                            Certainty.valueOf(parts.length > 1 ? parts[1] : ""),
                            parts.length > 2 ? Integer.parseInt(parts[2]) : 0);
                })
                .toList();
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }

    /** Spreadsheets take a text that begins like a formula for one. */
    private static String quoted(String field) {
        String text = Escape.line(field);
        return text.isEmpty() || text.matches("[\\w./:-]*") && !text.startsWith("-")
                ? text
                : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static List<String> unquoted(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return quoted ? List.of() : fields;
    }

    private static void write(JsonGenerator json, FleetResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", result.file());
        json.writeNumberField("document", result.document());
        json.writeBooleanField("last", result.last());
        json.writeStringField("cluster", result.cluster());
        json.writeNumberField("nodes", result.nodes());
        json.writeStringField("verdict", result.verdict().toString());
        json.writeArrayFieldStart("causes");
        for (Cause cause : result.causes()) {
            json.writeStartObject();
            json.writeStringField("cause", cause.id());
            json.writeStringField("certainty", cause.certainty().toString());
            json.writeNumberField("nodes", cause.nodes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("cannotTell");
        for (String cause : result.cannotTell()) {
            json.writeString(cause);
        }
        json.writeEndArray();
        json.writeStringField("error", result.error());
        json.writeEndObject();
    }

    /** Reads what {@link #write} wrote; of a line that is cut, the parser says so. */
    private static FleetResult readObject(JsonParser json) throws IOException {
        String file = "";
        String cluster = "";
        String error = "";
        String verdict = "";
        int document = 0;
        int nodes = 0;
        boolean last = false;
        List<Cause> causes = new ArrayList<>();
        List<String> cannotTell = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "file" -> file = json.getText();
                case "document" -> document = json.getIntValue();
                case "last" -> last = json.getBooleanValue();
                case "cluster" -> cluster = json.getText();
                case "nodes" -> nodes = json.getIntValue();
                case "verdict" -> verdict = json.getText();
                case "error" -> error = json.getText();
                case "causes" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        causes.add(readCause(json));
                    }
                }
                case "cannotTell" -> {
                    while (json.nextToken() == JsonToken.VALUE_STRING) {
                        cannotTell.add(json.getText());
                    }
                }
                default -> json.skipChildren();
            }
        }
        return new FleetResult(
                file, document, last, cluster, nodes, Verdict.valueOf(verdict), causes, cannotTell, error);
    }

    private static Cause readCause(JsonParser json) throws IOException {
        String id = "";
        String certainty = "";
        int nodes = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "cause" -> id = json.getText();
                case "certainty" -> certainty = json.getText();
                case "nodes" -> nodes = json.getIntValue();
                default -> json.skipChildren();
            }
        }
        return new Cause(id, Certainty.valueOf(certainty), nodes);
    }
}
