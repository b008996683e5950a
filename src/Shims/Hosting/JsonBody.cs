using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Shims.Hosting;

/// <summary>Reads the body of a request as JSON. RFC 8259.</summary>
internal static class JsonBody
{
    internal static T Read<T>(RequestContent content, JsonTypeInfo<T> typeInfo, int maxSize)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        if (!IsJson(content.BareType))
            throw new BadRequestException(415, "the request's body is not JSON: its Content-Type is not application/json");
        ReadOnlySpan<byte> body = content.ReadAll(maxSize, "the JSON of a request");
        try
        {
            return JsonSerializer.Deserialize(body, typeInfo) ?? throw new BadRequestException(400, "the JSON of a request is null");
        }
        catch (JsonException)
        {
            // Its message may quote the request.
            throw new BadRequestException(400, $"the body of a request is not JSON of the type {typeInfo.Type.Name}");
        }
    }

    /// <summary>application/json, and types that are JSON by their name. RFC 6839 section 3.1.</summary>
    private static bool IsJson(ReadOnlySpan<char> type) =>
        type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
}
