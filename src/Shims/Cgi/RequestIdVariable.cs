using System.Text;

namespace Shims.Cgi;

/// <summary>
/// The id that the web server has given a request: nginx's <c>$request_id</c>, passed on as REQUEST_ID, or a header of a proxy in front of
/// it.
/// </summary>
internal static class RequestIdVariable
{
    /// <summary>Characters of an id: a UUID has 36, and nginx's 32.</summary>
    private const int Longest = 64;

    /// <summary>
    /// The id; null if there is none, or if it could be something else than an id in a header, a log line or a file's name.
    /// </summary>
    /// <param name="variables">Of the request.</param>
    /// <param name="isTrusted"><c>--trust-request-id</c>: else the request's id is ours.</param>
    internal static string? Of(CgiVariables variables, bool isTrusted)
    {
        if (!isTrusted)
            return null;
        ReadOnlySpan<byte> id = variables.Get("REQUEST_ID"u8);
        if (id.IsEmpty)
            id = variables.Get("HTTP_X_REQUEST_ID"u8);
        return IsSound(id) ? Encoding.ASCII.GetString(id) : null;
    }

    private static bool IsSound(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty || id.Length > Longest || id[0] is (byte)'.' or (byte)'-')
            return false;
        foreach (byte character in id)
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && character is not ((byte)'-' or (byte)'_' or (byte)'.'))
                return false;
        }
        return true;
    }
}
