using System.Text;

namespace Shims.AspNetTests.Large;

/// <summary>A request of a visit, and what is known of its answer. See <see cref="Visitor.Fill"/> for what stands in braces.</summary>
/// <param name="Status">The status of the answer.</param>
/// <param name="Target">What is asked for, after the method: <c>GET /a</c>.</param>
internal sealed record Step(int Status, string Target)
{
    public string[] Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>The body as text.</summary>
    public string Text { init => Bytes = Encoding.UTF8.GetBytes(value); }

    /// <summary>The body as a form's fields.</summary>
    public string? Form { get; init; }

    /// <summary>The answer's body; null if it is not known to the letter.</summary>
    public string? Body { get; init; }

    /// <summary>Lines of header, and parts of the body, that the answer has.</summary>
    public string[] Has { get; init; } = [];
}
