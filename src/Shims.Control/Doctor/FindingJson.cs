using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shims.Control.Terminal;

namespace Shims.Control.Doctor;

/// <summary>Findings for programs: <c>[{"severity":"error","subject":...,"cause":...,"command":...}]</c>.</summary>
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
internal sealed partial class FindingJson : JsonSerializerContext
{
    internal static string Serialize(IReadOnlyList<Finding> findings)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            WriteIndented = true,
            // Quotes in commands stay readable: this is not HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter<Severity>(JsonNamingPolicy.CamelCase) },
        };
        return VisibleText.OfJson(JsonSerializer.Serialize(findings, new FindingJson(options).IReadOnlyListFinding));
    }
}
