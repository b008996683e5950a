using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shims.Control.Client;

/// <summary>The JSON of <c>shimctl request --json</c>.</summary>
[JsonSerializable(typeof(RequestResult)), JsonSerializable(typeof(SeriesResult))]
internal sealed partial class RequestJson : JsonSerializerContext
{
    private static readonly RequestJson s_context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        // This is not HTML, so quotes stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    internal static string Serialize(RequestResult result) => JsonSerializer.Serialize(result, s_context.RequestResult);

    internal static string Serialize(SeriesResult result) => JsonSerializer.Serialize(result, s_context.SeriesResult);
}
