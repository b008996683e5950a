using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Control.Serve.Views;
using Shims.Recording;

namespace Shims.Control.Serve;

/// <summary>Writes requests as a HAR file, which browsers and HTTP tools open. HAR 1.2.</summary>
/// <remarks>Names that begin with an underscore are of this program: exit status, standard error, script and cause.</remarks>
internal sealed class HarFile
{
    private static readonly JsonWriterOptions s_indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly Utf8JsonWriter _json;
    private readonly Redaction? _redaction;

    private HarFile(Utf8JsonWriter json, Redaction? redaction) => (_json, _redaction) = (json, redaction);

    internal static byte[] Write(IReadOnlyList<RequestRecord> records, bool keepsSecrets) =>
        RedactedFile.Write(keepsSecrets, redaction => Write(records, redaction));

    private static byte[] Write(IReadOnlyList<RequestRecord> records, Redaction? redaction)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_indented))
            new HarFile(json, redaction).Write(records);
        return bytes.ToArray();
    }

    private void Write(IReadOnlyList<RequestRecord> records)
    {
        _json.WriteStartObject();
        _json.WriteStartObject("log");
        _json.WriteString("version", "1.2");
        _json.WriteStartObject("creator");
        string[] name = TestRequest.OwnName.Split('/');
        _json.WriteString("name", name[0] + " serve");
        _json.WriteString("version", name[1]);
        _json.WriteEndObject();
        _json.WriteStartArray("entries");
        foreach (RequestRecord record in records)
            record.Look(noted => WriteEntry(noted));
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private bool WriteEntry(RequestRecord noted)
    {
        _json.WriteStartObject();
        _json.WriteString("startedDateTime", noted.At.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
        _json.WriteNumber("time", noted.Times.Total);
        WriteRequest(noted);
        WriteResponse(noted);
        _json.WriteStartObject("cache");
        _json.WriteEndObject();
        double?[] phases = noted.Times.Phases();
        _json.WriteStartObject("timings");
        _json.WriteNumber("send", phases[0]!.Value);
        _json.WriteNumber("wait", (phases[1] ?? 0) + phases[2]!.Value);
        _json.WriteNumber("receive", phases[3]!.Value);
        _json.WriteEndObject();
        WriteText("_script", noted.Script);
        WriteText("_exit", noted.Exit);
        WriteText("_cause", noted.Trouble);
        WriteText("_standardError", noted.StandardError.Length == 0 ? null : noted.StandardError.ToText(out _));
        _json.WriteEndObject();
        return true;
    }

    private void WriteRequest(RequestRecord noted)
    {
        _json.WriteStartObject("request");
        _json.WriteString("method", noted.Method);
        string host = noted.RequestHeader("Host") ?? "localhost";
        _json.WriteString("url", Text(Pairs("url", Encoding.UTF8.GetBytes($"http://{host}{noted.Target}"))));
        _json.WriteString("httpVersion", "HTTP/1.1");
        WritePairs("cookies", CookieView.Sent(noted.RequestHeaders), areSecret: true);
        WriteHeaders(noted.RequestHeaders);
        WritePairs("queryString", RequestDetails.QueryOf(noted.Target));
        Preview body = noted.RequestBody;
        if (body.Length > 0)
        {
            string type = noted.RequestHeader("Content-Type") ?? "";
            byte[] clean = MediaType.Of(type).IsForm ? Pairs("body", body.Bytes) : Clean("body", body.Bytes);
            _json.WriteStartObject("postData");
            _json.WriteString("mimeType", type);
            _json.WriteString("text", Utf8.IsValid(clean) ? Encoding.UTF8.GetString(clean) : Convert.ToBase64String(clean));
            if (!Utf8.IsValid(clean))
                _json.WriteString("_encoding", "base64");
            _json.WriteEndObject();
        }
        WriteSizes(-1, body.Length);
        _json.WriteEndObject();
    }

    private void WriteResponse(RequestRecord noted)
    {
        _json.WriteStartObject("response");
        int status = noted.Status ?? 0;
        _json.WriteNumber("status", status);
        _json.WriteString("statusText", status == 0 ? "" : ReasonPhrases.Of(status));
        _json.WriteString("httpVersion", "HTTP/1.1");
        WritePairs("cookies", CookieView.Set(noted.ResponseHeaders), areSecret: true);
        WriteHeaders(noted.ResponseHeaders);
        byte[] clean = Clean("reply", noted.ResponseBody.Bytes);
        _json.WriteStartObject("content");
        _json.WriteNumber("size", noted.ResponseBody.Length);
        _json.WriteString("mimeType", noted.ResponseHeader("Content-Type") ?? "");
        _json.WriteString("text", Utf8.IsValid(clean) ? Encoding.UTF8.GetString(clean) : Convert.ToBase64String(clean));
        if (!Utf8.IsValid(clean))
            _json.WriteString("encoding", "base64");
        _json.WriteEndObject();
        _json.WriteString("redirectURL", Text(Pairs("url", Encoding.UTF8.GetBytes(noted.ResponseHeader("Location") ?? ""))));
        WriteSizes(noted.ResponseHead.Length, noted.ResponseBody.Length);
        _json.WriteEndObject();
    }

    private void WriteSizes(long headers, long body)
    {
        _json.WriteNumber("headersSize", headers);
        _json.WriteNumber("bodySize", body);
    }

    private void WriteHeaders(IReadOnlyList<(string Name, string Value)> headers) =>
        WritePairs("headers", headers.Select(header => new[] { header.Name, header.Value }));

    /// <param name="name">The name of the list.</param>
    /// <param name="pairs">Names and values.</param>
    /// <param name="areSecret">Whether every value is a secret: a cookie's name does not show it.</param>
    private void WritePairs(string name, IEnumerable<string[]> pairs, bool areSecret = false)
    {
        _json.WriteStartArray(name);
        foreach (string[] pair in pairs)
        {
            _json.WriteStartObject();
            _json.WriteString("name", pair[0]);
            _json.WriteString("value", areSecret && _redaction is not null ? Text(Redaction.Mark) : ValueOf(pair[0], pair[1]));
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private string ValueOf(string name, string value)
    {
        if (_redaction is null)
            return value;
        byte[] setting = Encoding.UTF8.GetBytes($"{name.Replace('=', '_')}={value}");
        ReadOnlySpan<byte> clean = _redaction.Setting("value", setting);
        return Encoding.UTF8.GetString(clean[(clean.IndexOf((byte)'=') + 1)..]);
    }

    private void WriteText(string name, string? value)
    {
        if (value is not null)
            _json.WriteString(name, Text(Clean(name, Encoding.UTF8.GetBytes(value))));
    }

    private byte[] Pairs(string place, ReadOnlySpan<byte> text) =>
        _redaction is null ? text.ToArray() : _redaction.Pairs(place, text).ToArray();

    private byte[] Clean(string place, ReadOnlySpan<byte> text) =>
        _redaction is null ? text.ToArray() : _redaction.Text(place, text).ToArray();

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
