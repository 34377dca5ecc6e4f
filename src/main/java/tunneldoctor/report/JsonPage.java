package tunneldoctor.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import tunneldoctor.model.Missing;
import tunneldoctor.model.SourceRef;

/** A JSON object under construction: layout, escaping and the forms of what every report holds. */
public abstract class JsonPage {
    private static final JsonFactory JSON = new JsonFactory();

    final JsonGenerator json;

    JsonPage(JsonGenerator json) {
        this.json = json;
    }

    /** An object over several lines, with a line break behind it. */
    public static String page(Writing<JsonGenerator> object) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            object.write(json.setPrettyPrinter(printer));
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to take text", e);
        }
        return Escape.json(text.toString()) + "\n";
    }

    /** An object on one line, with a line break behind it. */
    public static String line(Writing<JsonGenerator> object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            object.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to take text", e);
        }
        return Escape.json(text.toString()) + "\n";
    }

    final void missing(Missing missing) throws IOException {
        json.writeStartObject();
        text("missing", missing.what());
        text("command", missing.command());
        json.writeEndObject();
    }

    final void source(SourceRef source) throws IOException {
        json.writeStartObject();
        place(source);
        json.writeEndObject();
    }

    final void place(SourceRef source) throws IOException {
        text("document", source.document());
        json.writeNumberField("line", source.line());
        text("text", source.text());
    }

    final void text(String name, String text) throws IOException {
        json.writeFieldName(name);
        if (text.isEmpty()) {
            json.writeNull();
        } else {
            json.writeString(text);
        }
    }

    final void texts(String name, List<String> texts) throws IOException {
        list(name, texts, json::writeString);
    }

    final <T> void list(String name, List<T> items, Writing<T> writing) throws IOException {
        json.writeArrayFieldStart(name);
        for (T item : items) {
            writing.write(item);
        }
        json.writeEndArray();
    }

    /** Writes one thing. */
    public interface Writing<T> {
        void write(T item) throws IOException;
    }
}
