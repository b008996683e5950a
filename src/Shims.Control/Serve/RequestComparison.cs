using Shims.Control.Serve.Views;

namespace Shims.Control.Serve;

/// <summary>The difference between two requests, part by part, for the inspector's page.</summary>
/// <param name="First">The number of the first request.</param>
/// <param name="Second">The number of the second.</param>
/// <param name="Parts">The parts that differ.</param>
/// <param name="Equal">The names of the parts that are equal.</param>
internal sealed record RequestComparison(int First, int Second, IReadOnlyList<RequestComparison.Part> Parts, IReadOnlyList<string> Equal)
{
    /// <summary>A part that differs.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Lines">Its lines.</param>
    internal sealed record Part(string Name, IReadOnlyList<LineDifference.Line> Lines);

    internal static RequestComparison Of(RequestDetails first, RequestDetails second)
    {
        Part[] parts = [.. TextsOf(first).Zip(TextsOf(second), (a, b) => new Part(a.Name, LineDifference.Of(a.Lines, b.Lines)))];
        return new RequestComparison(first.Summary.Id, second.Summary.Id,
            [.. parts.Where(part => part.Lines.Count > 0)],
            [.. parts.Where(part => part.Lines.Count == 0).Select(part => part.Name)]);
    }

    private static (string Name, IReadOnlyList<string> Lines)[] TextsOf(RequestDetails details) =>
    [
        ("Request", [$"{details.Summary.Method} {details.Summary.Target}", .. Pairs(details.RequestHeaders)]),
        ("Query", Pairs(details.Query)),
        ("Body of the request", LinesOf(details.RequestBody)),
        ("Variables", [.. Pairs(details.Variables).Order(StringComparer.Ordinal)]),
        ("Outcome", [$"status {details.Summary.Status}", details.Summary.State, details.Exit ?? "", details.Trouble ?? ""]),
        ("Headers of the response", Pairs(details.ResponseHeaders)),
        ("Body of the response", LinesOf(details.ResponseBody)),
        ("Standard error", LinesOf(details.StandardError)),
    ];

    /// <summary>A body as lines, decoded as far as its kind is known.</summary>
    private static IReadOnlyList<string> LinesOf(BodyView body) => body.Kind switch
    {
        "form" => Pairs(body.Fields!),
        "multipart" => [.. body.Parts!.SelectMany(part => (string[])[$"{part.Name}: {part.FileName}", .. LinesOf(part.Body)])],
        _ => (body.Indented ?? body.Text ?? body.Hex ?? "").ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'),
    };

    private static string[] Pairs(IReadOnlyList<string[]> pairs) => [.. pairs.Select(pair => string.Join(": ", pair))];
}
