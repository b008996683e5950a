namespace Shims.Posix;

/// <summary>Someone who has something to do at a time.</summary>
internal interface ITimed
{
    /// <summary>A time that was asked for has come. It may have lost its meaning meanwhile.</summary>
    void OnTime();
}
