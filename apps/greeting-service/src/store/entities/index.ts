import { FramesEntity } from './frames';
import { PhoneNumberEntity } from './phone-number';
import { ProfileEntity } from './profile';

export const entities = [ProfileEntity, PhoneNumberEntity, FramesEntity];
