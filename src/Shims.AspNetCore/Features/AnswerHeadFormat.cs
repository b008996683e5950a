using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Shims.Cgi;
using ReasonPhrases = Microsoft.AspNetCore.WebUtilities.ReasonPhrases;

namespace Shims.AspNetCore.Features;

/// <summary>Writes the header of a response as CGI has it.</summary>
internal static class AnswerHeadFormat
{
    /// <summary>Writes it.</summary>
    /// <param name="status">The code.</param>
    /// <param name="reason">The reason phrase; null for the usual one.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="requestId">Goes out as a header of its own; null for none.</param>
    /// <exception cref="InvalidOperationException">A header cannot be sent.</exception>
    internal static byte[] ToBytes(int status, string? reason, IHeaderDictionary headers, string? requestId)
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
        return head.ToBytes(requestId);
    }
}
