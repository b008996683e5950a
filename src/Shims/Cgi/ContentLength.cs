
namespace Shims.Cgi;

/// <summary>Reads CONTENT_LENGTH, on which two parsers must never disagree. RFC 3875 section 4.1.2: digits, and nothing else.</summary>
internal static class ContentLength
{
    /// <summary>Stands for a length that is known only at the end of the body.</summary>
    internal const long Unknown = -1;

    /// <summary>Finds the length of the request's body.</summary>
    /// <param name="variables">The request's variables.</param>
    /// <param name="length">
    /// Bytes, or <see cref="Unknown"/> if the variable is absent, empty or (Caddy 2.6, for a chunked body) -1. Of several the last one that says something counts:
    /// nginx with scgi_request_buffering off first sends what it has read so far, then the true one.
    /// </param>
    /// <returns>False if the value is not a number, or one that no body can have.</returns>
    internal static bool TryRead(CgiVariables variables, out long length)
    {
        length = Unknown;
        foreach (CgiVariable variable in variables)
        {
            if (!variable.Name.SequenceEqual("CONTENT_LENGTH"u8) || variable.Value.IsEmpty)
                continue;
            if (variable.Value.SequenceEqual("-1"u8))
                length = Unknown;
            else if (!TryParse(variable.Value, out length))
                return false;
        }
        return true;
    }

    /// <summary>Reads a number that is digits and nothing else.</summary>
    /// <param name="digits">The digits.</param>
    /// <param name="value">The number; <see cref="Unknown"/> if it is none.</param>
    /// <returns>False if it is empty, something else than a number, or one that no body can have.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> digits, out long value)
    {
        const int maxDigits = 18;
        value = Unknown;
        // A leading zero is a second spelling of one length, which another parser may take for octal.
        if (digits.IsEmpty || digits.Length > maxDigits || (digits.Length > 1 && digits[0] == (byte)'0'))
            return false;
        long sum = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            sum = sum * 10 + (digit - (byte)'0');
        }
        value = sum;
        return true;
    }
}
