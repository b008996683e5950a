using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Shims.Control.Terminal;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>A capsule as JSON. Bytes are a string if they are UTF-8, else <c>{"base64": "..."}</c>.</summary>
internal static class CapsuleJson
{
    internal static string Serialize(Capsule capsule) => Serialize(json => Write(json, capsule));

    /// <summary>The text that something writes.</summary>
    internal static string Serialize(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        // For terminals and files, not for HTML. Every encoder escapes control characters.
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All) };
        using (var json = new Utf8JsonWriter(bytes, options))
            write(json);
        return VisibleText.OfJson(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, Capsule capsule)
    {
        json.WriteStartObject();
        json.WriteString("requestId", capsule.RequestId);
        json.WriteString("reason", capsule.Reason.ToString().ToLowerInvariant());
        json.WriteString("time", capsule.Time.UtcDateTime);
        WriteNumber(json, "status", capsule.Status > 0 ? capsule.Status : null);
        json.WriteString("cause", capsule.Cause);
        json.WriteString("cure", capsule.Cure);
        json.WriteString("program", capsule.Program);
        json.WriteString("version", capsule.Version);
        json.WriteString("protocol", capsule.Protocol);
        json.WriteString("peer", capsule.Peer);
        WriteBytes(json, "target", capsule.Target);
        WriteBytes(json, "script", capsule.Script);
        if (capsule.Interpreter.Length > 0)
            WriteBytes(json, "interpreter", capsule.Interpreter);
        WriteBytes(json, "directory", capsule.Directory);
        WriteList(json, "arguments", capsule.Arguments, WriteValue);
        json.WriteNumber("user", capsule.User);
        json.WriteNumber("group", capsule.Group);
        WriteList(json, "supplementaryGroups", capsule.SupplementaryGroups, static (json, group) => json.WriteNumberValue(group));
        WriteNumber(json, "cpuSeconds", capsule.CpuSeconds > 0 ? capsule.CpuSeconds : null);
        WriteNumber(json, "addressSpace", capsule.AddressSpace > 0 ? capsule.AddressSpace : null);
        json.WriteString("ended", capsule.End);
        WriteNumber(json, "startedAfter", capsule.StartedAfter);
        WriteNumber(json, "answeredAfter", capsule.AnsweredAfter);
        json.WriteNumber("elapsed", capsule.Elapsed);
        WriteList(json, "variables", capsule.Variables, WriteVariable);
        WriteList(json, "environment", capsule.Environment, WriteVariable);
        WriteBytes(json, "body", capsule.Body);
        json.WriteNumber("bodyLength", capsule.BodyLength);
        if (capsule.Data is { } data)
        {
            WriteBytes(json, "data", data);
            json.WriteNumber("dataLength", capsule.DataLength);
        }
        WriteBytes(json, "stderr", capsule.ErrorOutput);
        json.WriteNumber("stderrLength", capsule.ErrorLength);
        WriteBytes(json, "reply", capsule.Reply);
        json.WriteNumber("replyLength", capsule.ReplyLength);
        WriteList(json, "redacted", capsule.Redacted, static (json, place) => json.WriteStringValue(place));
        json.WriteBoolean("holdsSecrets", capsule.HoldsSecrets);
        json.WriteBoolean("isCut", capsule.IsCut);
        json.WriteEndObject();
    }

    private static void WriteVariable(Utf8JsonWriter json, CapsuleVariable variable)
    {
        json.WriteStartObject();
        WriteBytes(json, "name", variable.Name);
        WriteBytes(json, "value", variable.Value);
        json.WriteEndObject();
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> values, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T value in values)
            write(json, value);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, byte[] bytes)
    {
        json.WritePropertyName(name);
        WriteValue(json, bytes);
    }

    private static void WriteValue(Utf8JsonWriter json, byte[] bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            json.WriteStringValue(bytes);
            return;
        }
        json.WriteStartObject();
        json.WriteBase64String("base64", bytes);
        json.WriteEndObject();
    }
}
