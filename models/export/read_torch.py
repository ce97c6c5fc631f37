"""Reads the tensors of a torch checkpoint without torch. Nothing in the pickle is executed: only these names resolve."""
import collections
import pickle
import zipfile
import zlib

import numpy as np

from errors import ExportError

STORAGES = {
    'FloatStorage': np.float32, 'HalfStorage': np.float16, 'DoubleStorage': np.float64,
    'LongStorage': np.int64, 'IntStorage': np.int32, 'BFloat16Storage': 'bfloat16',
}

"""What a damaged archive or pickle can end in."""
FAULTS = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OverflowError, MemoryError,
    zipfile.BadZipFile, zlib.error, pickle.UnpicklingError,
)


def read_torch(path):
    try:
        with zipfile.ZipFile(path) as archive:
            (pickled,) = [name for name in archive.namelist() if name.endswith('/data.pkl')]
            with archive.open(pickled) as file:
                return Reader(file, archive, pickled.removesuffix('data.pkl')).load()
    except FAULTS as error:
        raise ExportError(f'it is no torch checkpoint that can be read: {error}') from error


class Reader(pickle.Unpickler):
    def __init__(self, file, archive, root):
        super().__init__(file)
        self.archive = archive
        self.root = root

    def find_class(self, module, name):
        if module == 'torch' and name in STORAGES:
            return STORAGES[name]
        if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
            return rebuild_tensor
        if (module, name) == ('torch._utils', '_rebuild_parameter'):
            return lambda tensor, *_: tensor
        if (module, name) == ('collections', 'OrderedDict'):
            return collections.OrderedDict
        raise pickle.UnpicklingError(f'{module}.{name} has no place in a checkpoint')

    def persistent_load(self, reference):
        _, dtype, key, _, _ = reference
        data = self.archive.read(f'{self.root}data/{key}')
        if isinstance(dtype, str):
            return (np.frombuffer(data, np.uint16).astype(np.uint32) << 16).view(np.float32)
        return np.frombuffer(data, dtype)


def rebuild_tensor(storage, offset, size, stride, *_):
    last = offset + sum((count - 1) * step for count, step in zip(size, stride, strict=True))
    if min([offset, *stride, *(count - 1 for count in size)]) < 0 or last >= len(storage):
        raise pickle.UnpicklingError('a tensor lies beyond its data')
    strides = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, strides)
