namespace Shims.Recording;

/// <summary>The ends at which a text has been cut, so that a piece of a secret may be left there.</summary>
[Flags]
internal enum TextCut
{
    /// <summary>The text is whole.</summary>
    None = 0,

    /// <summary>The text before it is missing.</summary>
    AtStart = 1,

    /// <summary>The text after it is missing.</summary>
    AtEnd = 2,
}
