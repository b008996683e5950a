using System.Text.Json;
using System.Text.Json.Serialization;
using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>The JSON for the inspector's page.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(SeverityName)])]
[JsonSerializable(typeof(List<RequestSummary>))]
[JsonSerializable(typeof(RequestDetails))]
[JsonSerializable(typeof(InspectorActions.Result))]
[JsonSerializable(typeof(List<RequestSearch.Match>))]
[JsonSerializable(typeof(RequestComparison))]
[JsonSerializable(typeof(EditedRequest))]
[JsonSerializable(typeof(ServerState))]
internal sealed partial class InspectorJson : JsonSerializerContext
{
    /// <summary>Severities as ok, warning and error, the words of the pages.</summary>
    internal sealed class SeverityName : JsonConverter<Severity>
    {
        public override Severity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Severity value, JsonSerializerOptions options) =>
            writer.WriteStringValue(DiagnosisPage.NameOf(value));
    }
}
