using System.Text.Json;
using System.Text.Json.Serialization;
using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>What the inspector's page gets.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(SeverityName)])]
[JsonSerializable(typeof(List<RequestSummary>))]
[JsonSerializable(typeof(RequestDetails))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(ServerState))]
internal sealed partial class InspectorJson : JsonSerializerContext
{
    /// <summary>ok, warning, error: the words of the pages.</summary>
    internal sealed class SeverityName : JsonConverter<Severity>
    {
        public override Severity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Severity value, JsonSerializerOptions options) => writer.WriteStringValue(DiagnosisPage.NameOf(value));
    }
}
