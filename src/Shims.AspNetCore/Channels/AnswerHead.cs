namespace Shims.AspNetCore.Channels;

/// <summary>The header of a response, as it goes to the web server.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Status">The status code.</param>
/// <param name="BodyLength">Bytes of body that it announces, or null.</param>
/// <param name="HasNoBody">True if no body follows, whatever is written.</param>
internal sealed record AnswerHead(byte[] Bytes, int Status, long? BodyLength, bool HasNoBody);
