using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Shims.Cgi;
using ReasonPhrases = Microsoft.AspNetCore.WebUtilities.ReasonPhrases;

namespace Shims.AspNetCore.Features;

/// <summary>Makes the header of a response.</summary>
internal static class AnswerHeadFormat
{
    /// <summary>Makes it.</summary>
    /// <param name="status">The code.</param>
    /// <param name="reason">The reason phrase; null for the usual one.</param>
    /// <param name="headers">The headers.</param>
    /// <exception cref="InvalidOperationException">A header cannot be sent.</exception>
    internal static ResponseHead ToHead(int status, string? reason, IHeaderDictionary headers)
    {
        // Kestrel's own phrases are older than RFC 9110: 413 Payload Too Large.
        bool isUsual = reason is null || reason.AsSpan().ContainsAnyExceptInRange(' ', '~');
        ResponseHead head = ResponseHead.For(status, isUsual ? ReasonPhrases.GetReasonPhrase(status) : reason);
        foreach ((string name, StringValues values) in headers)
        {
            foreach (string? value in values)
            {
                if (value is not null && head.Add(name, value) is { } fault)
                    throw new InvalidOperationException($"The header of the response cannot be sent: {fault}.");
            }
        }
        return head;
    }
}
