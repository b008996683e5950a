using Shims.Recording;

namespace Shims.Control.Serve;

/// <summary>Removes passwords, cookies and their like from a file that leaves this machine, by the rules of capsules.</summary>
internal static class RedactedFile
{
    /// <summary>Writes a file until no further secret is found: one may stand before the place that shows that it is one.</summary>
    /// <param name="keepsSecrets">Whether to remove nothing.</param>
    /// <param name="write">Writes the file; without a redaction if secrets are kept.</param>
    internal static byte[] Write(bool keepsSecrets, Func<Redaction?, byte[]> write)
    {
        Redaction? redaction = keepsSecrets ? null : new Redaction();
        while (true)
        {
            int places = redaction?.Places.Count ?? 0;
            byte[] file = write(redaction);
            if (redaction is null || redaction.Places.Count == places)
                return file;
        }
    }
}
