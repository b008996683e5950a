using System.Net.Http.Json;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>Reads requests from the inspector, as its page does.</summary>
internal static class InspectorClient
{
    /// <summary>Waits until the list of requests meets a condition.</summary>
    internal static async Task<List<JsonElement>> RequestsAsync(HttpClient client, Func<IReadOnlyCollection<JsonElement>, bool> isComplete)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var requests = new SortedDictionary<int, JsonElement>();
        await using Stream events = await client.GetStreamAsync("/_shims/events", patience.Token);
        using var reader = new StreamReader(events);
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("data: [", StringComparison.Ordinal))
                continue;
            foreach (JsonElement request in JsonDocument.Parse(line["data: ".Length..]).RootElement.EnumerateArray())
                requests[request.GetProperty("id").GetInt32()] = request;
            if (isComplete(requests.Values))
                return [.. requests.Values];
        }
        throw new InvalidOperationException("the server has ended the list");
    }

    /// <summary>The details of a request, after the end of the request and of its program.</summary>
    internal static async Task<JsonElement> DetailsAsync(HttpClient client, int id)
    {
        JsonElement details = default;
        await Patience.UntilAsync(() => Look().GetAwaiter().GetResult(), $"request {id} was over");
        return details;

        async Task<bool> Look()
        {
            details = await client.GetFromJsonAsync<JsonElement>($"/_shims/requests/{id}");
            return details.GetProperty("summary").GetProperty("state").GetString() != "running" && details.GetProperty("exit").ValueKind == JsonValueKind.String;
        }
    }

    internal static string Text(this JsonElement element, params IEnumerable<string> path)
    {
        foreach (string name in path)
            element = element.GetProperty(name);
        return element.ToString();
    }
}
